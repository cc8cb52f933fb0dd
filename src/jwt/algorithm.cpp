#include "jwt/algorithm.hpp"

#include <array>

namespace rollcall::jwt {
namespace {

constexpr std::array<const char*, kAlgorithmCount> kNames = {"HS256", "HS384", "HS512", "RS256",
                                                             "RS384", "RS512", "PS256", "PS384",
                                                             "PS512", "ES256", "ES384", "ES512"};

}  // namespace

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<Algorithm>(i);
  }
  return std::nullopt;
}

const char* name_of(Algorithm algorithm) {
  return kNames[static_cast<std::size_t>(algorithm)];
}

Family family_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::HS256:
    case Algorithm::HS384:
    case Algorithm::HS512:
      return Family::secret;
    case Algorithm::ES256:
      return Family::p256;
    case Algorithm::ES384:
      return Family::p384;
    case Algorithm::ES512:
      return Family::p521;
    default:
      return Family::rsa;
  }
}

const char* name_of(Family family) {
  switch (family) {
    case Family::secret:
      return "a secret";
    case Family::rsa:
      return "an RSA key";
    case Family::p256:
      return "an EC key on P-256";
    case Family::p384:
      return "an EC key on P-384";
    case Family::p521:
      return "an EC key on P-521";
  }
  return "";
}

}  // namespace rollcall::jwt
