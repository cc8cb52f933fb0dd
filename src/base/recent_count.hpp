// A leaky counter of recent events: each event adds one, and one leaks every `forget`. Three bytes without
// alignment, for records there are many of: users, transports.
//
// Pure. Second resolution. The clock wraps after 18 hours: a counter silent for exactly that long leaks less
// than it should.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rollcall/time.hpp"

namespace rollcall::base {

class RecentCount {
 public:
  // The count saturates here, so it is empty after kMost times `forget`.
  static constexpr std::uint8_t kMost = 100;

  // Adds one and returns the recent count including it. `forget` must always be the same.
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
  // In seconds: the time up to which leaks are accounted for.
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
