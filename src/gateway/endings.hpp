// Translates the reason why a socket ended into presence's Ending.
#pragma once

#include "presence/types.hpp"
#include "rollcall/end_reason.hpp"

namespace rollcall::gateway {

presence::Ending ending_of(EndReason reason);

}  // namespace rollcall::gateway
