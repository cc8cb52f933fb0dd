// A wall time that threads may read and advance concurrently: the latest one wins, unless the clock was set
// back. It orders nothing else (relaxed).
//
// Avoids a lock on every event, for presence::User's last activity. Allowed in the pure layers because a
// single thread sees no difference.
#pragma once

#include <atomic>

#include "rollcall/time.hpp"

namespace rollcall::base {

// Workers read the clock once per turn, so a time may be slightly older than another worker's. A time older
// than that comes from a clock that was set back.
inline constexpr seconds kClockLag{10};

// The newer of two readings of the wall clock; `now` was taken last.
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
  // Writes only if it differs, so the cache line stays shared within a millisecond.
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
