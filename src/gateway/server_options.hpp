// The Socket.IO server that presence runs on, as the configuration wants it.
#pragma once

#include "rollcall/config.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

ServerOptions server_options(const Config& config);

}  // namespace rollcall::gateway
