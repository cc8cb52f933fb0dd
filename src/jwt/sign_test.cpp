#include <gtest/gtest.h>

#include "jwt/key_set.hpp"
#include "jwt/token.hpp"
#include "rollcall/tokens.hpp"

namespace rollcall::jwt {
namespace {

constexpr WallTime kIssued = wall_time(1'700'000'000'500);

TEST(Sign, TheTokenSaysWhatWasAskedFor) {
  const Claims claims{"u\"1", "a@b.c", "admin", "Zo\xC3\xAB", wall_time(1'700'003'600'000)};
  const auto token = parse_token(sign_hs256(claims, "secret", kIssued));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->algorithm, Algorithm::HS256);
  EXPECT_EQ(token->payload,
            "{\"sub\":\"u\\\"1\",\"email\":\"a@b.c\",\"role\":\"admin\",\"name\":\"Zo\xC3\xAB\","
            "\"iat\":1700000000.500,\"exp\":1700003600}");
}

TEST(Sign, WhatIsNotThereIsLeftOut) {
  const auto token = parse_token(sign_hs256(
      {.subject = "u", .email = {}, .role = {}, .name = {}, .expires_at = {}}, "secret", wall_time(1000)));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->payload, R"({"sub":"u","iat":1})");
}

TEST(Sign, TheTokenIsAcceptedByAServerWithTheSameSecret) {
  const Claims claims{"u1", "a@b.c", "admin", "N", wall_time(1'700'003'600'250)};
  const std::string token = sign_hs256(claims, "secret", kIssued);
  const auto keys = KeySet::make({.secret = "secret", .pems = {}, .jwks = {}}, {});
  ASSERT_TRUE(keys);
  const auto user = (*keys)->verify(token, kIssued);
  ASSERT_TRUE(user) << user.error().details;
  EXPECT_EQ(user->subject, claims.subject);
  EXPECT_EQ(user->email, claims.email);
  EXPECT_EQ(user->role, claims.role);
  EXPECT_EQ(user->name, claims.name);
  EXPECT_EQ(user->expires_at, claims.expires_at);
}

}  // namespace
}  // namespace rollcall::jwt
