// For tests only: key sets with short names, and why they refuse a token.
#pragma once

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "jwt/token_maker.hpp"

namespace rollcall::jwt::testing {

inline constexpr WallTime kNow = wall_time(1'700'000'000'000);
inline const std::string kSecret = "a secret of thirty-two bytes or so";
inline const std::string kPayload = R"({"sub":"u1","email":"a@b.c","exp":1700000100})";

inline std::shared_ptr<const KeySet> key_set(const KeySet::Source& source,
                                             std::vector<Algorithm> algorithms) {
  KeyOptions options;
  options.algorithms = std::move(algorithms);
  const auto keys = KeySet::make(source, options);
  for (const auto& mistake : keys ? std::vector<std::string>{} : keys.error()) ADD_FAILURE() << mistake;
  return keys ? *keys : nullptr;
}
inline std::shared_ptr<const KeySet> with_secret(const std::string& secret = kSecret) {
  return key_set({.secret = secret, .pems = {}, .jwks = {}}, {Algorithm::HS256});
}
inline std::shared_ptr<const KeySet> with_pem(const PrivateKey& key, std::vector<Algorithm> algorithms) {
  return key_set({.secret = "", .pems = {{"key.pem", public_pem(key)}}, .jwks = {}}, std::move(algorithms));
}
inline std::shared_ptr<const KeySet> with_jwks(const std::string& keys, std::vector<Algorithm> algorithms) {
  return key_set({.secret = "", .pems = {}, .jwks = {{"jwks.json", "{\"keys\":[" + keys + "]}"}}},
                 std::move(algorithms));
}

inline std::string why_not(const KeySet& keys, std::string_view token) {
  const auto claims = keys.verify(token, kNow);
  EXPECT_EQ(ERR_peek_error(), 0u) << "an error is left for the next TLS call to find";
  if (claims) return "accepted";
  EXPECT_EQ(claims.error().code, AuthCode::invalid_token);
  return claims.error().details;
}

inline std::string hs256(std::string_view payload = kPayload) {
  return hmac_token(Algorithm::HS256, kSecret, header_of(Algorithm::HS256), payload);
}

}  // namespace rollcall::jwt::testing
