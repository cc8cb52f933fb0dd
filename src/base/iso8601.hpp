// Times in the format of the wire: ISO-8601, UTC, milliseconds ("2026-01-04T12:34:56.789Z").
#pragma once

#include <string>

#include "rollcall/time.hpp"

namespace rollcall::base {

std::string iso8601(WallTime time);

}  // namespace rollcall::base
