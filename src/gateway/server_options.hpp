// Turns the configuration into the options of the Socket.IO server that presence runs on.
#pragma once

#include "rollcall/config.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

ServerOptions server_options(const Config& config);

}  // namespace rollcall::gateway
