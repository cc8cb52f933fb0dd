// What embedders see; the rules themselves are tested by KeySet's tests.
#include "rollcall/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";
constexpr WallTime kNow = wall_time(1'767'530'096'000);

std::string token_of(const std::string& user, WallTime expires_at = kNow + seconds{60}) {
  Claims claims;
  claims.subject = user;
  claims.expires_at = expires_at;
  return sign_hs256(claims, kSecret, kNow);
}

TEST(Tokens, Hs256TakesWhatItsSecretSigned) {
  const auto verifier = hs256(kSecret);
  ASSERT_TRUE(verifier) << verifier.error();
  const auto claims = (*verifier)->verify("Bearer " + token_of("anna"), kNow);
  ASSERT_TRUE(claims) << claims.error().details;
  EXPECT_EQ(claims->subject, "anna");
  EXPECT_EQ((*verifier)->leeway(), milliseconds{5000});
}

TEST(Tokens, Hs256TakesNothingElse) {
  const auto verifier = hs256("another secret of at least 32 bytes");
  ASSERT_TRUE(verifier) << verifier.error();
  EXPECT_EQ((*verifier)->verify(token_of("anna"), kNow).error().code, AuthCode::invalid_token);
  EXPECT_EQ((*hs256(kSecret))->verify(token_of("anna", kNow - seconds{6}), kNow).error().code,
            AuthCode::token_expired);
}

TEST(Tokens, ASecretThatIsNoneIsAnError) {
  EXPECT_EQ(hs256("").error(), "There is no key: give a secret, public keys or a JWKS");
  const auto pem = hs256("-----BEGIN PUBLIC KEY-----\nhush\n-----END PUBLIC KEY-----\n");
  ASSERT_FALSE(pem);
  EXPECT_THAT(pem.error(), AllOf(HasSubstr("The secret is a PEM text"), Not(HasSubstr("hush"))));
}

TEST(Tokens, RulesAreKept) {
  TokenRules rules;
  rules.issuer = "https://issuer.example";
  rules.leeway = milliseconds{0};
  const auto verifier = make_verifier({kSecret, {}, {}}, rules);
  ASSERT_TRUE(verifier) << verifier.error();
  EXPECT_FALSE((*verifier)->verify(token_of("anna"), kNow));  // has no issuer
  EXPECT_EQ((*verifier)->leeway(), milliseconds{0});
}

TEST(Tokens, EveryMistakeIsNamed) {
  TokenRules rules;
  rules.algorithms = {"HS256", "none", "hs512"};
  EXPECT_EQ(make_verifier({kSecret, {}, {}}, rules).error(),
            "none is not a known algorithm; hs512 is not a known algorithm");
  rules.algorithms = {"HS256", "RS256"};
  EXPECT_EQ(make_verifier({kSecret, {}, {}}, rules).error(),
            "RS256 is listed, but no key can serve it: it needs an RSA key");
}

TEST(Tokens, WhatIsUnwiseIsAWarning) {
  std::vector<std::string> warnings;
  EXPECT_TRUE(make_verifier({"short", {}, {}}, {}, &warnings));
  EXPECT_THAT(warnings, ElementsAre("The secret has 5 bytes; HS256 should have at least 32"));
}

}  // namespace
}  // namespace rollcall
