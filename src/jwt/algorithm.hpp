// The signature algorithms a token may use (RFC 7518, section 3.1), and the family of keys each needs.
//
// Used by KeySet and by the configuration loader. `none` is not among them, so it can never be listed.
// Pure values. Source: RFC 7518, section 3.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall::jwt {

enum class Algorithm : std::uint8_t {
  HS256,
  HS384,
  HS512,
  RS256,
  RS384,
  RS512,
  PS256,
  PS384,
  PS512,
  ES256,
  ES384,
  ES512,
};

inline constexpr std::size_t kAlgorithmCount = 12;

// Exact, capitals included: "hs256" and "none" give nullopt.
std::optional<Algorithm> parse_algorithm(std::string_view name);
const char* name_of(Algorithm algorithm);

// What a key is. A key of one family never verifies a token of another; the three curves are families
// of their own, because ES256 is defined for P-256 alone.
enum class Family : std::uint8_t { secret, rsa, p256, p384, p521 };

Family family_of(Algorithm algorithm);
// With its article, for people: "a secret", "an RSA key", "an EC key on P-256".
const char* name_of(Family family);

}  // namespace rollcall::jwt
