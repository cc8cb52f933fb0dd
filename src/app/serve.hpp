// `rollcall serve`: the whole server, from its configuration to the end of its drain.
//
// Called by main only, once, on the main thread.
#pragma once

#include "app/cli.hpp"

namespace rollcall::app {

// The exit status: 0 after a drain, 2 for a bad configuration (every mistake is printed), 1 otherwise.
int serve(const ServeCommand& command);

}  // namespace rollcall::app
