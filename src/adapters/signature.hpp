// The signature of webhook requests: HMAC-SHA256 over the time and the body. It proves the sender, and lets
// receivers reject replayed requests.
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
