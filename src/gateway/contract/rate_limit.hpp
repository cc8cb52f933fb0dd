// A token bucket: `per_second` events on average, `burst` at once. `per_second` 0: no limit.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rollcall/time.hpp"

namespace rollcall::gateway {

class alignas(8) RateLimit {  // one word: UserBudgets swaps it whole
 public:
  RateLimit(std::uint32_t burst, Instant now)
      : tokens_(static_cast<float>(burst)), at_(milliseconds_of(now)) {}

  bool take(std::uint32_t per_second, std::uint32_t burst, Instant now) {
    const std::uint32_t passed = passed_until(now);
    at_ += passed;
    if (per_second == 0) return true;
    tokens_ = std::min(static_cast<float>(burst),
                       tokens_ + static_cast<float>(passed) * static_cast<float>(per_second) / 1000.0F);
    if (tokens_ < 1.0F) return false;
    tokens_ -= 1.0F;
    return true;
  }

  // Takes `more` tokens for an event that was let through; the next events wait until they are paid back.
  void charge(std::uint32_t more) { tokens_ -= static_cast<float>(more); }

  // In how long, rounded up, the next one may be let through.
  milliseconds wait(std::uint32_t per_second) const {
    if (per_second == 0 || tokens_ >= 1.0F) return milliseconds{0};
    const float wait = (1.0F - tokens_) * 1000.0F / static_cast<float>(per_second);
    return milliseconds(static_cast<milliseconds::rep>(wait) + 1);
  }
  std::uint32_t seconds_left(std::uint32_t per_second) const {
    return static_cast<std::uint32_t>((wait(per_second) + milliseconds(999)) / seconds(1));
  }
  // Nothing has been taken that has not come back.
  bool full(std::uint32_t per_second, std::uint32_t burst, Instant now) const {
    return tokens_ + static_cast<float>(passed_until(now)) * static_cast<float>(per_second) / 1000.0F >=
           static_cast<float>(burst);
  }

  // When something was last asked for, let through or not; at first, when it was made. To the millisecond.
  Instant last(Instant now) const { return now - milliseconds(passed_until(now)); }

 private:
  // Workers that share one have their own clocks, which lag by up to a turn's duration.
  static constexpr std::uint32_t kMostBehindMs = 10'000;

  std::uint32_t passed_until(Instant now) const {
    const std::uint32_t at = milliseconds_of(now);
    return at_ - at <= kMostBehindMs ? 0 : at - at_;
  }

  // Wraps after 49 days, which costs who was silent for that long a part of the burst, and makes `last` too
  // young.
  static std::uint32_t milliseconds_of(Instant instant) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<milliseconds>(instant.time_since_epoch()).count());
  }

  // Eight bytes: there is one for every connection.
  float tokens_;
  std::uint32_t at_;
};

}  // namespace rollcall::gateway
