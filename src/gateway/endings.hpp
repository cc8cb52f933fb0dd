// What the reason of a socket's end means to presence.
#pragma once

#include "presence/types.hpp"
#include "rollcall/end_reason.hpp"

namespace rollcall::gateway {

presence::Ending ending_of(EndReason reason);

}  // namespace rollcall::gateway
