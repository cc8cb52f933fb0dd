// The pages that the program serves besides Socket.IO.
#pragma once

#include "rollcall/server.hpp"

namespace rollcall::app {

void serve_pages(Server& server);

}  // namespace rollcall::app
