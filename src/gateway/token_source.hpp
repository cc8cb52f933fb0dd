// Where a client's token may stand, in the order of the contract: `auth.token`, the Authorization header,
// the `token` query parameter, the cookie `jwt`.
#pragma once

#include <string>

#include "rollcall/server.hpp"

namespace rollcall::gateway {

// Empty if there is none. A `Bearer ` in front is left for the verifier to take off.
std::string find_token(const std::string& auth_json, const Handshake& handshake);

}  // namespace rollcall::gateway
