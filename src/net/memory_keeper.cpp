#include "net/memory_keeper.hpp"

#include "base/waste.hpp"
#include "net/loop.hpp"
#include "net/memory.hpp"
#include "net/thread.hpp"

namespace rollcall::net {
namespace {

template <typename Work>
microseconds duration_of(Work&& work) {
  const Instant before = Loop::read_clock();
  work();
  return std::chrono::duration_cast<microseconds>(Loop::read_clock() - before);
}

void give_waste_back(base::Waste& waste) {
  const std::size_t resident = resident_bytes();
  if (!waste.worth_counting(resident)) return;
  std::size_t allocated = 0;
  const microseconds counting = duration_of([&] { allocated = allocated_bytes(); });
  if (!waste.counted(resident, allocated, counting)) return;
  const microseconds giving = duration_of(give_memory_back);
  waste.gave_back(resident_bytes(), allocated, giving);
}

}  // namespace

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
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, waste.pause(), [this] { return stopped_; })) give_waste_back(waste);
}

}  // namespace rollcall::net
