// Durations as people type them: "90", "45s", "30m", "1h", "7d".
//
// Used by the command line. Pure; thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "rollcall/time.hpp"

namespace rollcall::app {

inline constexpr seconds kMaxDuration{3650LL * 24 * 3600};

// A whole number, in seconds unless a unit follows; from 1 second to kMaxDuration.
std::optional<seconds> parse_duration(std::string_view text);

}  // namespace rollcall::app
