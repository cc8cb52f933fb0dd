// A token's parts (RFC 7515, section 7.1): split, decoded, its header read. Nothing in it is trusted yet.
//
// Used by KeySet only. Bounds: kMaxTokenBytes, kMaxHeaderBytes. Pure; thread-safe. Source: docs/protocol.md,
// "Connecting".
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "jwt/algorithm.hpp"
#include "rollcall/result.hpp"

namespace rollcall::jwt {

struct Token {
  Algorithm algorithm;
  std::optional<std::string> kid;
  std::string payload;           // decoded, not yet parsed
  std::string signature;         // decoded
  std::size_t signed_bytes = 0;  // of the text, from its beginning: what the signature is of
};

// The error is a sentence for the client. `accepted`: the accepted algorithms; none = all known ones.
Result<Token, std::string> parse_token(std::string_view text, std::span<const Algorithm> accepted = {});

// Untrusted text made safe for a message: at most kMaxShownBytes, quoted, anything but printable ASCII as
// '?'.
inline constexpr std::size_t kMaxShownBytes = 64;
std::string shown(std::string_view text);

// Strict: the URL-safe alphabet alone, no padding, no stray bits. Its speed counts for every connection,
// which is why it does not go through base's decoder of the standard alphabet.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace rollcall::jwt
