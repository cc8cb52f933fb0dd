// A wall time that threads may read and move on at once: the latest one stays, unless the clock was set back.
// Nothing else is ordered by it.
//
// For what would otherwise need a lock on every event: presence::User's last sign of life. The only atomic in
// the pure layers, for it makes no difference to what a single thread sees.
#pragma once

#include <atomic>

#include "rollcall/time.hpp"

namespace rollcall::base {

// Workers read the clock once a turn, so one may bring a time that is a little older than another's. Whatever
// is older than that comes from a clock that was set back.
inline constexpr seconds kClockLag{10};

// The newer of two readings of the wall clock, of which `now` came last.
inline WallTime follow(WallTime before, WallTime now) {
  return now < before && before - now <= kClockLag ? before : now;
}

class SharedTime {
 public:
  SharedTime() = default;
  SharedTime(const SharedTime& other) : ms_(other.ms_.load(std::memory_order_relaxed)) {}
  SharedTime& operator=(const SharedTime& other) {
    ms_.store(other.ms_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    return *this;
  }

  WallTime get() const { return WallTime{milliseconds(ms_.load(std::memory_order_relaxed))}; }
  // Writes only if it is another: within one millisecond the cores need not pass the memory around.
  void advance(WallTime to) {
    Ms seen = ms_.load(std::memory_order_relaxed);
    for (;;) {
      const Ms wanted = follow(WallTime{milliseconds(seen)}, to).time_since_epoch().count();
      if (wanted == seen || ms_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed)) return;
    }
  }

 private:
  using Ms = milliseconds::rep;
  static_assert(std::atomic<Ms>::is_always_lock_free);
  std::atomic<Ms> ms_{0};
};

}  // namespace rollcall::base
