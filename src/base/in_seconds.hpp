// A span of time as a fraction of seconds, for rates.
#pragma once

#include <chrono>

#include "rollcall/time.hpp"

namespace rollcall::base {

inline double in_seconds(Monotonic::duration span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace rollcall::base
