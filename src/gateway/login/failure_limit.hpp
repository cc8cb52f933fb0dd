// Counts the tokens of each address that were refused lately: a leaky bucket for each address that has any.
//
// Pure. Bounds: kMostAddresses; beyond that, the addresses with the fewest failures are forgotten. Not
// thread-safe.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>

#include "rollcall/time.hpp"

namespace rollcall::gateway {

class FailureLimit {
 public:
  static constexpr std::size_t kMostAddresses = 8192;

  // 0: no limit.
  explicit FailureLimit(std::uint32_t per_minute) : per_minute_(static_cast<float>(per_minute)) {}

  void limit(std::uint32_t per_minute) { per_minute_ = static_cast<float>(per_minute); }

  // Whether the address may fail once more.
  bool allows(std::uint64_t address, Instant now) const {
    const auto found = failures_.find(address);
    return found == failures_.end() || per_minute_ == 0 || left_of(found->second, now) + 1 <= per_minute_;
  }
  void failed(std::uint64_t address, Instant now) {
    if (per_minute_ == 0) return;
    if (failures_.size() >= kMostAddresses) forget(now);
    Failures& its = failures_[address];
    its = {std::min(left_of(its, now) + 1, 2 * per_minute_), now};
  }
  std::size_t addresses() const { return failures_.size(); }

 private:
  struct Failures {
    float count = 0;  // that are not forgiven by `at`
    Instant at{};
  };
  float left_of(const Failures& its, Instant now) const {
    const auto passed = static_cast<float>(std::chrono::duration_cast<milliseconds>(now - its.at).count());
    return std::max(its.count - passed * per_minute_ / 60'000.0F, 0.0F);
  }
  void forget(Instant now) {
    for (float least = 1; failures_.size() >= kMostAddresses; least *= 4)
      boost::unordered::erase_if(failures_,
                                 [&](const auto& entry) { return left_of(entry.second, now) < least; });
  }

  float per_minute_;
  boost::unordered_flat_map<std::uint64_t, Failures> failures_;
};

}  // namespace rollcall::gateway
