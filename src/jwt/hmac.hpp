// HMAC with one secret (RFC 2104, for the HS* of RFC 7518, section 3.2), computed by OpenSSL.
//
// Used by Key only. The secret is absorbed into the three contexts once, which makes verification several
// times cheaper; every connection needs one. Any number of threads may verify concurrently, each with its own
// copy, kept until it verifies with another secret or algorithm.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <string_view>

#include "jwt/algorithm.hpp"

namespace rollcall::jwt {

class Hmac {
 public:
  // The secret must not be empty.
  explicit Hmac(std::string_view secret);

  // In constant time for signatures of the right length; false for another length, or another family's
  // algorithm.
  bool matches(Algorithm algorithm, std::string_view text, std::string_view signature) const;

 private:
  using Context = std::shared_ptr<EVP_MAC_CTX>;

  static Context make_context(std::string_view secret, const char* digest);

  std::array<Context, 3> contexts_;  // HS256, HS384, HS512
};

}  // namespace rollcall::jwt
