// A rate for each user, whatever the number of their connections: of those who have asked for something
// lately.
//
// One for each worker, used on its thread: so a user with connections on several workers has as many budgets,
// and no request meets another worker's. A table that never grows: a budget that is full again makes place
// for another user's. If all places that a user may have are taken, which needs thousands of busy users, that
// user has no limit but each connection's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/rate_limit.hpp"

namespace rollcall::gateway {

class UserBudgets {
 public:
  static constexpr std::size_t kPlaces = 8192;
  static constexpr std::size_t kTries = 8;

  // `seed`: secret, so that nobody can choose an id that shares another's place.
  explicit UserBudgets(std::uint64_t seed)
      : seed_(seed), places_(kPlaces, Place{0, RateLimit(0, Instant{})}) {}

  // Good until the next call.
  RateLimit& of(std::string_view user_id, std::uint32_t per_second, std::uint32_t burst, Instant now) {
    const std::uint64_t tag = tag_of(user_id);
    Place* free = nullptr;
    for (std::size_t i = 0; i < kTries; ++i) {
      Place& place = places_[((tag >> 8) + i) % kPlaces];
      if (place.tag == tag) return place.rate;
      if (!free && (place.tag == 0 || place.rate.full(per_second, burst, now))) free = &place;
    }
    if (!free) return spare_ = RateLimit(burst, now);
    *free = Place{tag, RateLimit(burst, now)};
    return free->rate;
  }

 private:
  struct Place {
    std::uint64_t tag;  // 0: free
    RateLimit rate;
  };

  std::uint64_t tag_of(std::string_view user_id) const {
    std::uint64_t hash = seed_;
    for (const char byte : user_id) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 29;
    }
    return hash | 1;
  }

  std::uint64_t seed_;
  std::vector<Place> places_;
  RateLimit spare_{0, Instant{}};
};

}  // namespace rollcall::gateway
