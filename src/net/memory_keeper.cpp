#include "net/memory_keeper.hpp"

#include "net/loop.hpp"
#include "net/memory.hpp"
#include "net/thread.hpp"

namespace rollcall::net {
namespace {

template <typename Work>
microseconds duration_of(const MemorySystem& memory, Work&& work) {
  const Instant before = memory.clock();
  work();
  return std::chrono::duration_cast<microseconds>(memory.clock() - before);
}

}  // namespace

void give_waste_back(base::Waste& waste, const MemorySystem& memory) {
  const std::size_t resident = memory.resident();
  if (!waste.worth_counting(resident)) return;
  std::size_t allocated = 0;
  const microseconds counting = duration_of(memory, [&] { allocated = memory.allocated(); });
  if (!waste.counted(resident, allocated, counting)) return;
  const microseconds giving = duration_of(memory, memory.give_back);
  waste.gave_back(memory.resident(), allocated, giving);
}

MemoryKeeper::MemoryKeeper() {
  thread_ = start_thread_without_signals("the memory keeper", [this] { run(); });
}

MemoryKeeper::~MemoryKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

void MemoryKeeper::run() {
  base::Waste waste;
  const MemorySystem own{resident_bytes, allocated_bytes, give_memory_back, Loop::read_clock};
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, waste.pause(), [this] { return stopped_; })) give_waste_back(waste, own);
}

}  // namespace rollcall::net
