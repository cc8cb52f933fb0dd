// Threads for the layers above, which do not use net.
#pragma once

#include "net/thread.hpp"

namespace rollcall::server {

using net::start_thread_without_signals;

}  // namespace rollcall::server
