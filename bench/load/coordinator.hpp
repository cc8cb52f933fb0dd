// Forks the workers, leads them through the phases, measures the server meanwhile, and reports.
#pragma once

#include "load/options.hpp"

namespace rollcall::load {

// The status to exit with: 0, or 1 for a run that failed. Prints one line of JSON either way.
int coordinate(Options options);

}  // namespace rollcall::load
