// A time that threads may read and move on at once: the latest one stays. Nothing else is ordered by it.
//
// For what would otherwise need a lock on every event: presence::User's last sign of life. The only atomic in
// the pure layers, for it makes no difference to what a single thread sees.
#pragma once

#include <atomic>

#include "rollcall/time.hpp"

namespace rollcall::base {

class SharedTime {
 public:
  SharedTime() = default;
  SharedTime(const SharedTime& other) : ms_(other.ms_.load(std::memory_order_relaxed)) {}
  SharedTime& operator=(const SharedTime& other) {
    ms_.store(other.ms_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    return *this;
  }

  WallTime get() const { return WallTime{milliseconds(ms_.load(std::memory_order_relaxed))}; }
  // Writes only if it is later: within one millisecond the cores need not pass the memory around.
  void advance(WallTime to) {
    const Ms wanted = to.time_since_epoch().count();
    Ms seen = ms_.load(std::memory_order_relaxed);
    while (seen < wanted && !ms_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed)) {
    }
  }

 private:
  using Ms = milliseconds::rep;
  static_assert(std::atomic<Ms>::is_always_lock_free);
  std::atomic<Ms> ms_{0};
};

}  // namespace rollcall::base
