// The claims a token with a valid signature must have to be accepted (RFC 7519, section 4.1), and those we
// keep.
//
// Used by KeySet only. Pure; thread-safe. Bounds: kMaxTextBytes for each text kept. Source: docs/protocol.md,
// "Connecting".
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/json.hpp"
#include "jwt/key_set.hpp"

namespace rollcall::jwt {

inline constexpr std::size_t kMaxTextBytes = 256;

inline Failure<AuthFault> invalid_token(std::string details) {
  return {AuthFault{AuthCode::invalid_token, std::move(details)}};
}

// `exp` comes last: a client that hears token_expired will do right to fetch a newer token of this kind.
Result<Claims, AuthFault> check_claims(const base::json::object& claims, const KeyOptions& options,
                                       WallTime now);

}  // namespace rollcall::jwt
