#include "jwt/hmac.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace rollcall::jwt {
namespace {

std::string bytes(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return out;
}

// RFC 4231, section 4.3: the key "Jefe".
const std::string kText = "what do ya want for nothing?";
const std::string kCode256 = bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
const std::string kCode384 =
    bytes("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
const std::string kCode512 = bytes(
    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a3"
    "4d4"
    "a6b4b636e070a38bce737");

TEST(Hmac, AgreesWithRfc4231) {
  const Hmac hmac("Jefe");
  EXPECT_TRUE(hmac.matches(Algorithm::HS256, kText, kCode256));
  EXPECT_TRUE(hmac.matches(Algorithm::HS384, kText, kCode384));
  EXPECT_TRUE(hmac.matches(Algorithm::HS512, kText, kCode512));
}

TEST(Hmac, VerifiesAsOftenAsAsked) {
  const Hmac hmac("Jefe");
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(hmac.matches(Algorithm::HS256, kText + "!", kCode256));
    EXPECT_TRUE(hmac.matches(Algorithm::HS256, kText, kCode256));
  }
}

TEST(Hmac, SecretsAndHashesTakeTurns) {
  const Hmac one("Jefe"), other("Jeff");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(one.matches(Algorithm::HS256, kText, kCode256));
    EXPECT_FALSE(other.matches(Algorithm::HS256, kText, kCode256));
    EXPECT_TRUE(one.matches(Algorithm::HS512, kText, kCode512));
  }
}

TEST(Hmac, ASecretThatHasGoneIsForgotten) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(std::make_unique<Hmac>("Jefe")->matches(Algorithm::HS256, kText, kCode256));
    EXPECT_FALSE(std::make_unique<Hmac>("Jeff")->matches(Algorithm::HS256, kText, kCode256));
  }
}

TEST(Hmac, RefusesOtherKeysLengthsHashesAndFamilies) {
  const Hmac hmac("Jefe");
  EXPECT_FALSE(Hmac("Jeff").matches(Algorithm::HS256, kText, kCode256));
  EXPECT_FALSE(hmac.matches(Algorithm::HS256, kText, ""));
  EXPECT_FALSE(hmac.matches(Algorithm::HS256, kText, kCode256.substr(0, 31)));
  EXPECT_FALSE(hmac.matches(Algorithm::HS256, kText, kCode256 + std::string(1, '\0')));
  EXPECT_FALSE(hmac.matches(Algorithm::HS384, kText, kCode256));
  EXPECT_FALSE(hmac.matches(Algorithm::RS256, kText, kCode256));
}

}  // namespace
}  // namespace rollcall::jwt
