// Returns free memory to the system while a server runs (base::Waste), on its own thread: only loops that
// need the allocator arena being trimmed wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>

#include "base/waste.hpp"
#include "rollcall/time.hpp"

namespace rollcall::net {

// This process's, except in tests.
struct MemorySystem {
  std::function<std::size_t()> resident;
  std::function<std::size_t()> allocated;  // costly, like `give_back`
  std::function<void()> give_back;
  std::function<Instant()> clock;
};

// Measures once, and returns memory if that is worth it.
void give_waste_back(base::Waste& waste, const MemorySystem& memory);

class MemoryKeeper {
 public:
  MemoryKeeper();
  ~MemoryKeeper();
  MemoryKeeper(const MemoryKeeper&) = delete;
  MemoryKeeper& operator=(const MemoryKeeper&) = delete;

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace rollcall::net
