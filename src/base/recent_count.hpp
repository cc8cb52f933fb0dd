// How often something has happened lately: everything adds one, and one is forgotten every so often. In three
// bytes without alignment, for records of which there are many: users, transports.
//
// Pure. To the second. Wraps after 18 hours, which costs who was silent for just that long some of the
// forgetting.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rollcall/time.hpp"

namespace rollcall::base {

class RecentCount {
 public:
  // More are not remembered: after as many times `forget` nothing is.
  static constexpr std::uint8_t kMost = 100;

  // One more; how many there have been lately, this one included. `forget`: always the same.
  std::uint8_t add(Instant now, seconds forget) {
    const auto second =
        static_cast<std::uint16_t>(std::chrono::duration_cast<seconds>(now.time_since_epoch()).count());
    const int passed = static_cast<std::uint16_t>(second - at());
    const int forgotten = std::min<int>(passed / static_cast<int>(forget.count()), count_);
    count_ = static_cast<std::uint8_t>(count_ - forgotten);
    set_at(count_ == 0 ? second : static_cast<std::uint16_t>(at() + forgotten * forget.count()));
    count_ = std::min<std::uint8_t>(static_cast<std::uint8_t>(count_ + 1), kMost);
    return count_;
  }

 private:
  // Seconds: up to when what is to be forgotten has been.
  std::uint16_t at() const { return static_cast<std::uint16_t>(at_high_ << 8 | at_low_); }
  void set_at(std::uint16_t second) {
    at_high_ = static_cast<std::uint8_t>(second >> 8);
    at_low_ = static_cast<std::uint8_t>(second);
  }

  std::uint8_t count_ = 0;
  std::uint8_t at_high_ = 0;
  std::uint8_t at_low_ = 0;
};

}  // namespace rollcall::base
