// What the reason of a socket's end, as Socket.IO names it, means to presence.
#pragma once

#include <string_view>

#include "presence/types.hpp"

namespace rollcall::gateway {

presence::Ending ending_of(std::string_view reason);

}  // namespace rollcall::gateway
