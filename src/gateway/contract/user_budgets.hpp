// A rate limit for each recently active user, over all of the user's connections on all workers.
//
// All workers use it without waiting for each other: a place is two atomic words. The table never grows: a
// budget that is full again gives its place to another user. If all places a user may have are taken, which
// takes thousands of busy users, only the limit of each connection applies.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/contract/rate_limit.hpp"

namespace rollcall::gateway {

// One user's, for the duration of a request.
class UserBudget {
 public:
  UserBudget() = default;  // no limit
  explicit UserBudget(std::atomic<RateLimit>& rate) : rate_(&rate) {}

  bool take(std::uint32_t per_second, std::uint32_t burst, Instant now) {
    bool taken = true;
    change([&](RateLimit& rate) { taken = rate.take(per_second, burst, now); });
    return taken;
  }
  // See RateLimit.
  void charge(std::uint32_t more) {
    change([&](RateLimit& rate) { rate.charge(more); });
  }
  milliseconds wait(std::uint32_t per_second) const {
    return rate_ ? rate_->load(std::memory_order_relaxed).wait(per_second) : milliseconds{0};
  }

 private:
  template <typename Change>
  void change(Change make) {
    if (!rate_) return;
    RateLimit before = rate_->load(std::memory_order_relaxed);
    RateLimit after = before;
    do {
      after = before;
      make(after);
    } while (!rate_->compare_exchange_weak(before, after, std::memory_order_relaxed));
  }

  std::atomic<RateLimit>* rate_ = nullptr;
};

class UserBudgets {
 public:
  static constexpr std::size_t kPlaces = 8192;
  static constexpr std::size_t kTries = 8;

  // `seed`: secret, so that nobody can choose an id that shares another's place.
  explicit UserBudgets(std::uint64_t seed) : seed_(seed), places_(kPlaces) {}

  // Any thread.
  UserBudget of(std::string_view user_id, std::uint32_t per_second, std::uint32_t burst, Instant now) {
    const std::uint64_t tag = tag_of(user_id);
    Place* free = nullptr;
    std::uint64_t was = 0;
    for (std::size_t i = 0; i < kTries; ++i) {
      Place& place = places_[((tag >> 8) + i) % kPlaces];
      const std::uint64_t seen = place.tag.load(std::memory_order_relaxed);
      if (seen == tag) return UserBudget(place.rate);
      if (free || (seen != 0 && !full(place, per_second, burst, now))) continue;
      free = &place;
      was = seen;
    }
    if (!free) return UserBudget();
    // If two workers claim the same place at once, the second applies no limit to this one request.
    if (!free->tag.compare_exchange_strong(was, tag, std::memory_order_relaxed)) return UserBudget();
    free->rate.store(RateLimit(burst, now), std::memory_order_relaxed);
    return UserBudget(free->rate);
  }

 private:
  struct Place {
    std::atomic<std::uint64_t> tag{0};  // 0: free
    std::atomic<RateLimit> rate{RateLimit(0, Instant{})};
  };
  static_assert(std::atomic<RateLimit>::is_always_lock_free);

  static bool full(const Place& place, std::uint32_t per_second, std::uint32_t burst, Instant now) {
    return place.rate.load(std::memory_order_relaxed).full(per_second, burst, now);
  }

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
};

}  // namespace rollcall::gateway
