// Makes tokens, for `rollcall token` and for tests: the server itself only verifies.
//
// Signed by cjose. Thread-safe: a free function without state. Spec: contract.md, section 2.
#pragma once

#include <string>
#include <string_view>

#include "rollcall/time.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall::jwt {

// A compact HS256 token with the claims sub, email, role, name, iat and exp (those that are there).
// `secret` must not be empty.
std::string sign_hs256(const Claims& claims, std::string_view secret, WallTime issued_at);

}  // namespace rollcall::jwt
