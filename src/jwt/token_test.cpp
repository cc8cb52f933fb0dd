#include "jwt/token.hpp"

#include <gtest/gtest.h>

#include <cctype>

#include "base/base64.hpp"
#include "jwt/key_set.hpp"

namespace rollcall::jwt {
namespace {

std::string with_header(std::string_view header) {
  return base::base64url_encode(header) + ".e30.AAAA";
}

std::string why_not(std::string_view text) {
  const auto token = parse_token(text);
  return token ? "accepted" : token.error();
}

TEST(Token, IsSplitAndItsHeaderRead) {
  const auto token = parse_token(with_header(R"({"alg":"ES384","kid":"a","typ":"JWT"})"));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->algorithm, Algorithm::ES384);
  EXPECT_EQ(token->kid, "a");
  EXPECT_EQ(token->payload, "{}");
  EXPECT_EQ(token->signature.size(), 3u);
}

TEST(Token, HasExactlyThreeParts) {
  const std::string header = base::base64url_encode(R"({"alg":"HS256"})");
  for (const std::string& text : {std::string("a"), std::string("."), header, header + ".e30",
                                  header + ".e30.AAAA.AAAA", header + ".e30.AAAA.", std::string("....")}) {
    EXPECT_EQ(why_not(text), "The token does not have three parts") << text;
  }
}

TEST(Token, IsNotAcceptedUnsigned) {
  EXPECT_EQ(why_not(base::base64url_encode(R"({"alg":"HS256"})") + ".e30."), "The token is not signed");
}

TEST(Token, EveryPartMustBeStrictBase64Url) {
  const std::string header = base::base64url_encode(R"({"alg":"HS256"})");
  EXPECT_EQ(why_not(header + "=.e30.AAAA"), "The token's header is not base64url");
  EXPECT_EQ(why_not(" " + header + ".e30.AAAA"), "The token's header is not base64url");
  EXPECT_EQ(why_not(header + ".e3.AAAA"), "The token's payload is not base64url") << "stray bits";
  EXPECT_EQ(why_not(header + ".e30=.AAAA"), "The token's payload is not base64url");
  EXPECT_EQ(why_not(header + ".e30.AA+A"), "The token's signature is not base64url");
  EXPECT_EQ(why_not(header + ".e30.AA/A"), "The token's signature is not base64url");
  EXPECT_EQ(why_not(header + ".e30.AAAAA"), "The token's signature is not base64url");
  EXPECT_EQ(why_not(header + ".e30.AA\nA"), "The token's signature is not base64url");
  EXPECT_EQ(why_not(header + ".e30." + std::string("AA\0A", 4)), "The token's signature is not base64url");
  EXPECT_EQ(why_not(header + ".e30.AA-_"), "accepted");
}

TEST(Token, Base64UrlGivesBackWhatWasEncoded) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64url(base::base64url_encode(bytes)), bytes);
    bytes += static_cast<char>(i * 7 + i / 3);
  }
}

TEST(Token, Base64UrlHasOneSpellingOnly) {
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    const bool is_digit = std::isalnum(c) != 0 || byte == '-' || byte == '_';
    for (std::size_t at = 0; at < 4; ++at) {
      std::string text = "AAAA";
      text[at] = byte;
      EXPECT_EQ(decode_base64url(text).has_value(), is_digit) << c;
    }
    const auto value =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_").find(byte);
    EXPECT_EQ(decode_base64url(std::string("A") + byte).has_value(), is_digit && value % 16 == 0) << c;
    EXPECT_EQ(decode_base64url(std::string("AA") + byte).has_value(), is_digit && value % 4 == 0) << c;
    EXPECT_FALSE(decode_base64url(std::string(1, byte))) << c;
  }
}

TEST(Token, HeaderMustBeAnObjectThatNamesItsAlgorithm) {
  for (const char* header :
       {"", "[]", "null", "{", "\"alg\"", "{\"alg\":\"HS256\"} x", "{\"alg\":\"\xFF\"}"}) {
    EXPECT_EQ(why_not(with_header(header)), "The token's header is not a JSON object") << header;
  }
  for (const char* header :
       {"{}", R"({"alg":null})", R"({"alg":256})", R"({"alg":["HS256"]})", R"({"ALG":"HS256"})"}) {
    EXPECT_EQ(why_not(with_header(header)), "The token's header names no algorithm") << header;
  }
}

TEST(Token, NoneIsNoAlgorithmInAnyCapitalisation) {
  const std::string lower = "none";
  for (unsigned capitals = 0; capitals < 16; ++capitals) {
    std::string name = lower;
    for (unsigned i = 0; i < 4; ++i) {
      if (capitals >> i & 1) name[i] = static_cast<char>(name[i] - 32);
    }
    const std::string refused = "The token's algorithm \"" + name + "\" is not accepted";
    EXPECT_EQ(why_not(with_header("{\"alg\":\"" + name + "\"}")), refused);
    const std::string unsigned_token = base::base64url_encode("{\"alg\":\"" + name + "\"}") + ".e30.";
    EXPECT_EQ(why_not(unsigned_token), refused);
  }
}

TEST(Token, WhatAStrangerWroteIsShownInPartAndWithoutControlCharacters) {
  EXPECT_EQ(shown("a b"), "\"a b\"");
  EXPECT_EQ(shown("a\n\"\\\xC3\xA9"), "\"a?????\"");
  EXPECT_EQ(shown(std::string(65, 'x')), "\"" + std::string(64, 'x') + "...\"");
}

TEST(Token, CriticalExtensionsAreRefused) {
  for (const char* header : {R"({"alg":"HS256","crit":["b64"],"b64":false})", R"({"alg":"HS256","crit":[]})",
                             R"({"alg":"HS256","crit":null})", R"({"alg":"HS256","crit":["alg"]})"}) {
    EXPECT_EQ(why_not(with_header(header)), "The token needs an extension that is not supported") << header;
  }
}

TEST(Token, KeyIdMustBeAString) {
  EXPECT_EQ(why_not(with_header(R"({"alg":"HS256","kid":1})")), "The token's key id is not a string");
  EXPECT_EQ(why_not(with_header(R"({"alg":"HS256","kid":""})")), "accepted");
}

TEST(Token, LengthsAreBounded) {
  const std::string header = base::base64url_encode(R"({"alg":"HS256"})") + ".";
  const std::string end = ".AAAA";
  const std::string fits(kMaxTokenBytes - header.size() - end.size(), 'A');
  EXPECT_EQ(why_not(header + fits + end), "accepted");
  EXPECT_EQ(why_not(header + fits + "A" + end), "The token is too long");

  const std::string long_header = R"({"alg":"HS256","x":")" + std::string(kMaxHeaderBytes, 'x') + "\"}";
  EXPECT_EQ(why_not(with_header(long_header)), "The token's header is too long");
}

TEST(Token, DeeplyNestedHeadersAreRefused) {
  EXPECT_EQ(
      why_not(with_header(R"({"alg":"HS256","x":)" + std::string(2000, '[') + std::string(2000, ']') + "}")),
      "The token's header is not a JSON object");
}

}  // namespace
}  // namespace rollcall::jwt
