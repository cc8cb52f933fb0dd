// A histogram of durations, as read at one moment. A plain value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rollcall/time.hpp"

namespace rollcall::base {

// Upper bounds, inclusive. Anything longer than the last one has a range of its own.
inline constexpr std::array<microseconds, 15> kDurationBounds = {
    microseconds(50),      microseconds(100),       microseconds(250),      microseconds(500),
    microseconds(1'000),   microseconds(2'500),     microseconds(5'000),    microseconds(10'000),
    microseconds(25'000),  microseconds(50'000),    microseconds(100'000),  microseconds(250'000),
    microseconds(500'000), microseconds(1'000'000), microseconds(5'000'000)};

constexpr std::size_t duration_range(microseconds duration) {
  std::size_t range = 0;
  while (range < kDurationBounds.size() && duration > kDurationBounds[range]) ++range;
  return range;
}

struct Durations {
  std::array<std::uint64_t, kDurationBounds.size() + 1> counts{};
  microseconds total{0};

  std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const std::uint64_t some : counts) all += some;
    return all;
  }
  Durations& operator+=(const Durations& other) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    total += other.total;
    return *this;
  }
};

}  // namespace rollcall::base
