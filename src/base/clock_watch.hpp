// Detects that the wall clock was set, by comparing it with the monotonic clock.
//
// Pure: both readings are arguments. Small corrections add up until they exceed the tolerance.
#pragma once

#include <optional>

#include "rollcall/time.hpp"

namespace rollcall::base {

class ClockWatch {
 public:
  static constexpr seconds kTolerance{1};

  // How far the wall clock was set forward since the last reported step (or the first call); nothing while
  // that is within the tolerance.
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
