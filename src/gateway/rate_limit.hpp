// A token bucket: `per_second` events in the long run, `burst` at once. 0 per second: no limit.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rollcall/time.hpp"

namespace rollcall::gateway {

class RateLimit {
 public:
  RateLimit(std::uint32_t burst, Instant now) : tokens_(static_cast<double>(burst)), at_(now) {}

  bool take(std::uint32_t per_second, std::uint32_t burst, Instant now) {
    if (per_second == 0) return true;
    const double passed = std::chrono::duration<double>(now - at_).count();
    at_ = now;
    tokens_ = std::min(static_cast<double>(burst), tokens_ + passed * per_second);
    if (tokens_ < 1.0) return false;
    tokens_ -= 1.0;
    return true;
  }

 private:
  double tokens_;
  Instant at_;
};

}  // namespace rollcall::gateway
