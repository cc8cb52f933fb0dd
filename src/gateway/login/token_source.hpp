// Finds a client's token. The places, in this order: `auth.token`, the Authorization header, the query
// parameter `token`, the cookie `jwt`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rollcall/server.hpp"

namespace rollcall::gateway {

// Empty if there is none. The verifier removes a leading `Bearer `.
std::string find_token(const std::string& auth_json, const Handshake& handshake);

// What follows "Bearer " in an Authorization header, in whatever case; nothing if it is of another kind.
std::optional<std::string_view> bearer_token(std::string_view header);

}  // namespace rollcall::gateway
