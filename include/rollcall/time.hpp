// The two kinds of time, kept apart by type. No clock can be read here: `now` is always an argument,
// and only net::Loop reads clocks.
#pragma once

#include <chrono>
#include <cstdint>

namespace rollcall {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Monotonic time, for deadlines. Its zero has no meaning.
struct Monotonic {
  using duration = microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};
using Instant = Monotonic::time_point;

// Milliseconds since 1970-01-01T00:00:00Z, for what is shown to people and compared with tokens.
struct Utc {
  using duration = milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Utc>;
  static constexpr bool is_steady = false;
};
using WallTime = Utc::time_point;

constexpr WallTime wall_time(std::int64_t unix_ms) {
  return WallTime{milliseconds{unix_ms}};
}
constexpr std::int64_t unix_ms(WallTime t) {
  return t.time_since_epoch().count();
}

}  // namespace rollcall
