// Gives free memory back to the system while a server runs (base::Waste), on a thread of its own: a loop that
// needs the allocator's arena meanwhile waits for that one, and all others go on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

namespace rollcall::net {

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
