// A readers-writer lock for what is read on every request and changed now and then: a reader takes a lane of
// its own, a writer all of them. So readers on different workers share no memory that either writes, which a
// common lock, or a common count of readers, would be.
//
// Known as a big-reader lock. Any lane will do for reading; two readers that have the same one wait for each
// other, no more. `lock` and `unlock` are the writer's, so std::lock_guard works. Not recursive.
#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <vector>

namespace rollcall::hub {

class Lanes {
 public:
  // A writer takes about 20 ns for each, more where they are in other cores' caches: workers beyond that
  // share.
  static constexpr std::size_t kMost = 16;

  // For so many threads that read often.
  explicit Lanes(std::size_t readers) : lanes_(std::clamp<std::size_t>(readers, 1, kMost)) {}

  std::mutex& of(std::size_t reader) { return lanes_[reader % lanes_.size()].mutex; }

  void lock() {
    for (Lane& lane : lanes_) lane.mutex.lock();
  }
  void unlock() {
    for (Lane& lane : lanes_) lane.mutex.unlock();
  }

 private:
  // Two lines: processors fetch them in pairs.
  struct alignas(128) Lane {
    std::mutex mutex;
  };
  std::vector<Lane> lanes_;
};

}  // namespace rollcall::hub
