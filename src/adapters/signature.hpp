// The signature of what webhooks send: HMAC-SHA256 over the time and the body, so that a receiver knows who
// sent it, and that it is not an old request sent again by somebody else.
//
// Pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::adapters {

// "t=<unix seconds>,v1=<hex HMAC-SHA256(secret, "<t>.<body>")>", the value of Rollcall-Signature.
std::string signature(std::string_view secret, std::int64_t unix_seconds, std::string_view body);

}  // namespace rollcall::adapters
