// A readers-writer lock for data that is read on every request and rarely changed: a reader takes its own
// lane, a writer takes all of them. So readers on different workers share no memory that either writes,
// unlike with a common lock or reader count.
//
// Known as a big-reader lock. Any lane will do for reading; readers of the same lane only wait for each
// other. `lock` and `unlock` are the writer's, so std::lock_guard works. Not recursive.
#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <vector>

namespace rollcall::hub {

class Lanes {
 public:
  // A writer takes about 20 ns per lane, more where they are in other cores' caches; workers beyond that
  // share lanes.
  static constexpr std::size_t kMost = 16;

  // For this many threads that read often.
  explicit Lanes(std::size_t readers) : lanes_(std::clamp<std::size_t>(readers, 1, kMost)) {}

  std::mutex& of(std::size_t reader) { return lanes_[reader % lanes_.size()].mutex; }

  void lock() {
    for (Lane& lane : lanes_) lane.mutex.lock();
  }
  void unlock() {
    for (Lane& lane : lanes_) lane.mutex.unlock();
  }

 private:
  // Two cache lines: processors prefetch them in pairs.
  struct alignas(128) Lane {
    std::mutex mutex;
  };
  std::vector<Lane> lanes_;
};

}  // namespace rollcall::hub
