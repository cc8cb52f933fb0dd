#include "jwt/claims.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::jwt {
namespace {

constexpr WallTime kAsked = wall_time(1'700'000'000'000);

Result<Claims, AuthFault> check(const std::string& text, const KeyOptions& options = {},
                                WallTime now = kAsked) {
  const auto parsed = base::json::parse(text);
  EXPECT_TRUE(parsed) << text;
  return check_claims(parsed->as_object(), options, now);
}

std::string why_not(const std::string& text, const KeyOptions& options = {}, WallTime now = kAsked) {
  const auto claims = check(text, options, now);
  if (claims) return "accepted";
  return claims.error().details;
}

std::string with(const std::string& claims) {
  return R"({"sub":"u",)" + claims + "}";
}

TEST(Claims, TheUsersDetailsAreKept) {
  const auto claims =
      check(R"({"sub":"u1","email":"a@b.c","role":"admin","name":"Zo\u00eb","exp":1700000100})");
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->subject, "u1");
  EXPECT_EQ(claims->email, "a@b.c");
  EXPECT_EQ(claims->role, "admin");
  EXPECT_EQ(claims->name, "Zo\xC3\xAB");
  EXPECT_EQ(claims->expires_at, wall_time(1'700'000'100'000));
}

TEST(Claims, OnlyTheSubjectIsNeeded) {
  const auto claims = check(R"({"sub":"u"})");
  ASSERT_TRUE(claims);
  EXPECT_FALSE(claims->email || claims->role || claims->name || claims->expires_at);
}

TEST(Claims, DetailsThatAreNotShortPlainTextsAreLeftOut) {
  const auto claims =
      check(R"({"sub":"u","email":5,"role":["admin"],"name":")" + std::string(257, 'n') + "\"}");
  ASSERT_TRUE(claims);
  EXPECT_FALSE(claims->email || claims->role || claims->name);
  const auto others =
      check(R"({"sub":"u","email":"","role":"a\nb","name":")" + std::string(256, 'n') + "\"}");
  ASSERT_TRUE(others);
  EXPECT_FALSE(others->email || others->role);
  EXPECT_EQ(others->name, std::string(256, 'n'));
}

TEST(Claims, TheSubjectMustBeAShortPlainText) {
  EXPECT_EQ(why_not("{}"), "The token has no subject (sub)");
  EXPECT_EQ(why_not(R"({"sub":42})"), "The token's subject (sub) is not a string");
  EXPECT_EQ(why_not(R"({"sub":null})"), "The token's subject (sub) is not a string");
  EXPECT_EQ(why_not(R"({"sub":""})"), "The token's subject (sub) is empty");
  EXPECT_EQ(why_not("{\"sub\":\"" + std::string(257, 'x') + "\"}"),
            "The token's subject (sub) is longer than 256 bytes");
  EXPECT_EQ(why_not("{\"sub\":\"" + std::string(256, 'x') + "\"}"), "accepted");
  for (const char* escape : {"\\u0000", "\\u001e", "\\n", "\\u007f", "\\u0080", "\\u009f"}) {
    EXPECT_EQ(why_not(std::string("{\"sub\":\"a") + escape + "\"}"),
              "The token's subject (sub) has a control character")
        << escape;
  }
  EXPECT_EQ(why_not(R"({"sub":"\u00a0\u20ac\ud83d\ude00"})"), "accepted");
}

TEST(Claims, ATokenExpiresWhenTheLeewayIsOver) {
  const std::string claims = with(R"("exp":1700000000)");
  EXPECT_EQ(why_not(claims, {}, kAsked + milliseconds(4999)), "accepted");
  const auto expired = check(claims, {}, kAsked + milliseconds(5000));
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, AuthCode::token_expired);
  EXPECT_EQ(expired.error().details, "The token expired at 2023-11-14T22:13:20.000Z");

  KeyOptions strict;
  strict.leeway = milliseconds(0);
  EXPECT_EQ(why_not(claims, strict, kAsked - milliseconds(1)), "accepted");
  EXPECT_NE(why_not(claims, strict, kAsked), "accepted");
}

TEST(Claims, ATokenBeginsTheLeewayEarly) {
  const std::string claims = with(R"("nbf":1700000000)");
  EXPECT_EQ(why_not(claims, {}, kAsked - milliseconds(5000)), "accepted");
  const auto early = check(claims, {}, kAsked - milliseconds(5001));
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, AuthCode::invalid_token);
  EXPECT_EQ(early.error().details, "The token is not valid before 2023-11-14T22:13:20.000Z");
}

TEST(Claims, TimesMayBeFractional) {
  const auto claims = check(with(R"("exp":1700000000.25,"nbf":1699999999.5)"));
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->expires_at, wall_time(1'700'000'000'250));
  EXPECT_EQ(check(with(R"("exp":1.7e9)"))->expires_at, wall_time(1'700'000'000'000));
}

TEST(Claims, TimesMustBeNumbersOfThisAge) {
  for (const char* time : {"\"1700000100\"", "null", "true", "[]", "{}", "-1", "1e300", "253402300800",
                           "9223372036854775807", "18446744073709551615", "-1e300"}) {
    EXPECT_EQ(why_not(with(std::string("\"exp\":") + time)), "The token's exp is not a time in seconds")
        << time;
    EXPECT_EQ(why_not(with(std::string("\"nbf\":") + time)), "The token's nbf is not a time in seconds")
        << time;
  }
  EXPECT_EQ(why_not(with(R"("exp":253402300799)")), "accepted");
  EXPECT_EQ(check(with(R"("exp":0)")).error().code, AuthCode::token_expired);
}

TEST(Claims, TheIssuerIsCheckedWhenConfigured) {
  KeyOptions options;
  options.issuer = "https://id.example";
  EXPECT_EQ(why_not(with(R"("iss":"https://id.example")"), options), "accepted");
  for (const char* other : {R"("iss":"https://id.example/")", R"("iss":["https://id.example"])",
                            R"("iss":null)", R"("aud":"https://id.example")"}) {
    EXPECT_EQ(why_not(with(other), options), "The token is not from the expected issuer") << other;
  }
  EXPECT_EQ(why_not(with(R"("iss":"anyone")")), "accepted");
}

TEST(Claims, TheAudienceIsCheckedWhenConfigured) {
  KeyOptions options;
  options.audience = "chat";
  EXPECT_EQ(why_not(with(R"("aud":"chat")"), options), "accepted");
  EXPECT_EQ(why_not(with(R"("aud":["mail",1,"chat"])"), options), "accepted");
  for (const char* other : {R"("aud":"chats")", R"("aud":[])", R"("aud":["mail"])", R"("aud":[["chat"]])",
                            R"("aud":{"chat":1})", R"("iss":"chat")"}) {
    EXPECT_EQ(why_not(with(other), options), "The token is for another audience") << other;
  }
  EXPECT_EQ(why_not(with(R"("aud":"anything")")), "accepted");
}

TEST(Claims, ExpiryIsToldOnlyOfATokenThatIsOtherwiseRight) {
  KeyOptions options;
  options.audience = "chat";
  EXPECT_EQ(check(with(R"("exp":1,"aud":"mail")"), options).error().code, AuthCode::invalid_token);
  EXPECT_EQ(check(R"({"exp":1})").error().code, AuthCode::invalid_token);
  EXPECT_EQ(check(with(R"("exp":1,"aud":"chat")"), options).error().code, AuthCode::token_expired);
}

TEST(Claims, AnEndCanBeRequired) {
  KeyOptions options;
  options.require_exp = true;
  EXPECT_EQ(why_not(with(R"("iat":1700000000)"), options),
            "The token has no end (exp), and this server requires one");
  EXPECT_EQ(why_not(with(R"("exp":1700000100)"), options), "accepted");
  EXPECT_EQ(why_not(with(R"("iat":1700000000)")), "accepted");
}

TEST(Claims, TheAgeOfATokenCanBeLimited) {
  KeyOptions options;
  options.max_age = milliseconds(60'000);
  EXPECT_EQ(why_not(R"({"sub":"u"})", options),
            "The token does not say when it was issued (iat), and this server limits the age of tokens");
  EXPECT_EQ(why_not(with(R"("iat":"now")"), options), "The token's iat is not a time in seconds");
  EXPECT_EQ(why_not(with(R"("iat":1700000006)"), options),
            "The token was issued in the future, at 2023-11-14T22:13:26.000Z");
  EXPECT_EQ(why_not(with(R"("iat":1700000005)"), options), "accepted") << "within the leeway";
  const auto old = check(with(R"("iat":1699999935,"exp":1800000000)"), options);
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, AuthCode::token_expired) << "a client does right to fetch a new one";
  EXPECT_EQ(old.error().details,
            "The token was issued at 2023-11-14T22:12:15.000Z, and this server takes tokens for 60 s only");
}

TEST(Claims, AConnectionEndsWithItsTokenOrWithTheTokensGreatestAgeWhateverComesFirst) {
  KeyOptions options;
  options.max_age = milliseconds(60'000);
  EXPECT_EQ(check(with(R"("iat":1700000000)"), options)->expires_at, wall_time(1'700'000'060'000));
  EXPECT_EQ(check(with(R"("iat":1700000000,"exp":1700000100)"), options)->expires_at,
            wall_time(1'700'000'060'000));
  EXPECT_EQ(check(with(R"("iat":1700000000,"exp":1700000010)"), options)->expires_at,
            wall_time(1'700'000'010'000));
}

}  // namespace
}  // namespace rollcall::jwt
