// Forks the workers, takes them through the phases, measures the server, and reports.
#pragma once

#include "load/options.hpp"

namespace rollcall::load {

// Returns the exit status: 0, or 1 for a failed run. Prints one line of JSON either way.
int coordinate(Options options);

}  // namespace rollcall::load
