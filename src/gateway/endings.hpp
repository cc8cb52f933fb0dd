// What the reason of a socket's end, as Socket.IO names it, means to presence.
#pragma once

#include <string_view>

#include "presence/types.hpp"

namespace rollcall::gateway {

presence::Ending ending_of(std::string_view reason);
// Whether the client has said goodbye, or was told to: nobody waits for it to come back.
bool is_goodbye(presence::Ending ending);

}  // namespace rollcall::gateway
