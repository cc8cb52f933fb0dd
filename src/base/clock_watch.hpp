// Notices that the wall clock was set: it and the clock that only goes forward no longer agree.
//
// Pure: both readings are arguments. Small corrections add up until they matter.
#pragma once

#include <optional>

#include "rollcall/time.hpp"

namespace rollcall::base {

class ClockWatch {
 public:
  static constexpr seconds kTolerance{1};

  // By how much the wall clock is ahead of where it would be, had it not been set since the last such answer
  // (or the first call); nothing if that is within the tolerance.
  std::optional<milliseconds> step(Instant now, WallTime wall) {
    const auto ahead = std::chrono::floor<milliseconds>(wall.time_since_epoch() - now.time_since_epoch());
    if (!ahead_) ahead_ = ahead;
    const milliseconds step = ahead - *ahead_;
    if (std::chrono::abs(step) <= kTolerance) return std::nullopt;
    ahead_ = ahead;
    return step;
  }

 private:
  std::optional<milliseconds> ahead_;
};

}  // namespace rollcall::base
