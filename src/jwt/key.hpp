// One key that verifies signatures, and a token's signature: in cjose's hands, but for those made with a
// secret, which every connection may have and which are OpenSSL's HMAC alone.
//
// Used inside this folder only. Made from checked parts, so that PEM files and JWKS meet the same rules:
// RSA of kMinRsaBits to kMaxRsaBits, EC points that lie on their curve, public parts alone.
//
// Thread safety: a Key is immutable once built. cjose_jws_verify() takes its jwk as const and neither
// counts references nor caches in it, and OpenSSL locks what it computes lazily (an RSA key's Montgomery
// form), so any number of threads may verify with one Key. A Signature belongs to one thread.
#pragma once

#include <cjose/jwk.h>
#include <cjose/jws.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/free_with.hpp"
#include "jwt/algorithm.hpp"
#include "jwt/hmac.hpp"
#include "jwt/token.hpp"
#include "rollcall/result.hpp"

namespace rollcall::jwt {

inline constexpr int kMinRsaBits = 2048;
inline constexpr int kMaxRsaBits = 8192;  // a bound on what one verification may cost

struct Key {
  std::string name;  // for the operator: "the secret", "public.pem", "jwks.json, key 2"
  Family family = Family::secret;
  std::size_t size = 0;            // bytes of the secret, of the RSA modulus, or of one EC coordinate
  std::optional<std::string> kid;  // only a JWKS names its keys
  std::optional<Algorithm> only;   // the JWK's own "alg"
  bool from_jwks = false;
  std::unique_ptr<cjose_jwk_t, base::FreeWith<cjose_jwk_release>> jwk;
  std::unique_ptr<const Hmac> hmac;  // of a secret

  bool serves(Algorithm algorithm) const {
    return family_of(algorithm) == family && (!only || *only == algorithm);
  }
};

// The arguments are big-endian bytes; the error is the rest of a sentence that begins with `name`.
Result<Key, std::string> make_secret_key(std::string name, std::string_view secret);
Result<Key, std::string> make_rsa_key(std::string name, std::string_view n, std::string_view e);
Result<Key, std::string> make_ec_key(std::string name, Family curve, std::string_view x, std::string_view y);

class Signature {
 public:
  // `token` is what parse_token() read from `text`; both must outlive this. nullopt if cjose reads the header
  // otherwise.
  static std::optional<Signature> open(std::string_view text, const Token& token);

  bool matches(const Key& key) const;

 private:
  Signature(std::string_view text, const Token& token) : text_(text), token_(&token) {}

  std::string_view text_;
  const Token* token_;
  std::unique_ptr<cjose_jws_t, base::FreeWith<cjose_jws_release>> jws_;  // null for HS*
};

}  // namespace rollcall::jwt
