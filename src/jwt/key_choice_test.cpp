#include <gtest/gtest.h>

#include "jwt/key_set.hpp"
#include "jwt/key_set_maker.hpp"

namespace rollcall::jwt {
namespace {

using testing::header_of;
using testing::hmac_token;
using testing::hs256;
using testing::key_set;
using testing::key_token;
using testing::kPayload;
using testing::kSecret;
using testing::why_not;
using testing::with_jwks;
using testing::with_pem;

TEST(KeyChoice, AnAlgorithmThatIsNotListedIsRefusedThoughTheKeyFits) {
  const auto key = testing::rsa_key();
  const auto keys = with_pem(key, {Algorithm::RS256});
  for (const Algorithm other : {Algorithm::RS384, Algorithm::PS256}) {
    EXPECT_EQ(why_not(*keys, key_token(other, key, header_of(other), kPayload)),
              std::string("The token's algorithm \"") + name_of(other) +
                  "\" is not accepted: this server accepts RS256");
  }
}

TEST(KeyChoice, APublicKeyNeverServesAsASecret) {
  const auto key = testing::rsa_key();
  const std::string pem = testing::public_pem(key);
  const auto keys = with_pem(key, {Algorithm::RS256});
  const auto both = key_set({.secret = kSecret, .pems = {{"key.pem", pem}}, .jwks = {}},
                            {Algorithm::HS256, Algorithm::RS256});
  for (const std::string& stolen : {pem, pem.substr(0, pem.size() - 1)}) {
    const std::string forged = hmac_token(Algorithm::HS256, stolen, header_of(Algorithm::HS256), kPayload);
    EXPECT_EQ(why_not(*keys, forged),
              "The token's algorithm \"HS256\" is not accepted: this server accepts RS256");
    EXPECT_EQ(why_not(*both, forged), "The signature does not match");
    // The same signature under the algorithm that the key does serve.
    const std::string relabelled =
        hmac_token(Algorithm::HS256, stolen, header_of(Algorithm::RS256), kPayload);
    EXPECT_EQ(why_not(*both, relabelled), "The signature does not match");
  }
}

TEST(KeyChoice, ACurveServesItsOwnAlgorithmOnly) {
  const auto key = testing::new_ec("P-384");
  const auto other = testing::new_ec("P-256");
  const auto keys =
      key_set({.secret = "",
               .pems = {{"a.pem", testing::public_pem(key)}, {"b.pem", testing::public_pem(other)}},
               .jwks = {}},
              {Algorithm::ES256, Algorithm::ES384});
  EXPECT_EQ(why_not(*keys, key_token(Algorithm::ES384, key, header_of(Algorithm::ES384), kPayload)),
            "accepted");
  EXPECT_EQ(why_not(*keys, key_token(Algorithm::ES256, key, header_of(Algorithm::ES256), kPayload)),
            "The signature does not match");
}

TEST(KeyChoice, TheKeyIdPicksTheKey) {
  const auto first = testing::rsa_key();
  const auto second = testing::other_rsa_key();
  const auto keys =
      with_jwks(testing::rsa_jwk(first, R"(,"kid":"1")") + "," + testing::rsa_jwk(second, R"(,"kid":"2")"),
                {Algorithm::RS256});
  const auto token = [&](const testing::PrivateKey& key, const std::string& kid) {
    return key_token(Algorithm::RS256, key, header_of(Algorithm::RS256, kid), kPayload);
  };
  EXPECT_EQ(why_not(*keys, token(first, R"(,"kid":"1")")), "accepted");
  EXPECT_EQ(why_not(*keys, token(second, R"(,"kid":"2")")), "accepted");
  EXPECT_EQ(why_not(*keys, token(first, R"(,"kid":"2")")), "The signature does not match");
}

TEST(KeyChoice, WithoutAKnownKeyIdEveryFittingKeyIsTried) {
  const auto second = testing::other_rsa_key();
  const auto keys =
      with_jwks(testing::rsa_jwk(testing::rsa_key(), R"(,"kid":"1")") + "," + testing::rsa_jwk(second),
                {Algorithm::RS256});
  for (const char* kid : {"", R"(,"kid":"unknown")", R"(,"kid":"")"}) {
    EXPECT_EQ(why_not(*keys, key_token(Algorithm::RS256, second, header_of(Algorithm::RS256, kid), kPayload)),
              "accepted");
    const auto stranger = testing::new_ec("P-256");
    EXPECT_EQ(
        why_not(*keys, key_token(Algorithm::ES256, stranger, header_of(Algorithm::ES256, kid), kPayload)),
        "The token's algorithm \"ES256\" is not accepted: this server accepts RS256");
  }
}

TEST(KeyChoice, AKeyIdThatTheServerDoesNotKnowIsNamed) {
  const auto known = testing::rsa_key();
  const auto token = [&](const std::string& kid) {
    return key_token(Algorithm::RS256, testing::other_rsa_key(),
                     header_of(Algorithm::RS256, ",\"kid\":\"" + kid + "\""), kPayload);
  };
  const auto keys = with_jwks(testing::rsa_jwk(known, R"(,"kid":"1")"), {Algorithm::RS256});
  const std::string before = "This server has no key with the token's kid ";
  const std::string after = ", and the signature matches none of its others";
  EXPECT_EQ(why_not(*keys, token("2026-11")), before + "\"2026-11\"" + after);
  EXPECT_EQ(why_not(*keys, token(std::string(500, 'k'))),
            before + "\"" + std::string(64, 'k') + "...\"" + after);
  EXPECT_EQ(why_not(*keys, token("1")), "The signature does not match");
  // A key without a name may well be the one that is meant.
  EXPECT_EQ(why_not(*with_pem(known, {Algorithm::RS256}), token("2026-11")), "The signature does not match");
}

TEST(KeyChoice, AKeyIdOfAnotherFamilyIsRefused) {
  const auto rsa = testing::rsa_key();
  const auto ec = testing::new_ec("P-256");
  const auto keys =
      with_jwks(testing::rsa_jwk(rsa, R"(,"kid":"r")") + "," + testing::ec_jwk(ec, "P-256", R"(,"kid":"e")"),
                {Algorithm::RS256, Algorithm::ES256});
  EXPECT_EQ(
      why_not(*keys, key_token(Algorithm::ES256, ec, header_of(Algorithm::ES256, R"(,"kid":"e")"), kPayload)),
      "accepted");
  EXPECT_EQ(
      why_not(*keys, key_token(Algorithm::ES256, ec, header_of(Algorithm::ES256, R"(,"kid":"r")"), kPayload)),
      "The token's key does not fit its algorithm");
}

TEST(KeyChoice, AJwkServesOnlyItsOwnAlgorithm) {
  const auto rsa = testing::rsa_key();
  const auto keys = with_jwks(testing::rsa_jwk(rsa, R"(,"alg":"RS256")") + "," +
                                  testing::rsa_jwk(testing::other_rsa_key(), R"(,"alg":"PS256")"),
                              {Algorithm::RS256, Algorithm::PS256});
  EXPECT_EQ(why_not(*keys, key_token(Algorithm::RS256, rsa, header_of(Algorithm::RS256), kPayload)),
            "accepted");
  EXPECT_EQ(why_not(*keys, key_token(Algorithm::PS256, rsa, header_of(Algorithm::PS256), kPayload)),
            "The signature does not match");
}

TEST(KeyChoice, ASecretMayAlsoStandInAJwks) {
  const auto keys = key_set(
      {.secret = "the new one",
       .pems = {},
       .jwks = {{"j", R"({"keys":[{"kty":"oct","k":")" + base::base64url_encode(kSecret) + R"("}]})"}}},
      {Algorithm::HS256});
  EXPECT_EQ(why_not(*keys, hs256()), "accepted");
  EXPECT_EQ(
      why_not(*keys, hmac_token(Algorithm::HS256, "the new one", header_of(Algorithm::HS256), kPayload)),
      "accepted");
}

TEST(KeyChoice, KeysNamedInsideTheTokenAreIgnored) {
  const auto attacker = testing::other_rsa_key();
  const auto keys = with_pem(testing::rsa_key(), {Algorithm::RS256});
  const std::string header =
      header_of(Algorithm::RS256, ",\"jwk\":" + testing::rsa_jwk(attacker) +
                                      R"(,"jku":"https://example.com/jwks","x5c":["AAAA"])");
  EXPECT_EQ(why_not(*keys, key_token(Algorithm::RS256, attacker, header, kPayload)),
            "The signature does not match");
}

}  // namespace
}  // namespace rollcall::jwt
