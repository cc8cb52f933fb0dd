#include "base/json.hpp"

#include <gtest/gtest.h>

namespace rollcall::base::json {
namespace {

TEST(Json, ControlCharactersAreEscapedSoThatPayloadsKeepTheirFraming) {
  EXPECT_EQ(quote("a\x1e\"\\\n\x7f"), "\"a\\u001e\\\"\\\\\\n\x7f\"");
}

TEST(Json, BytesThatAreNotUtf8BecomeTheReplacementCharacter) {
  EXPECT_EQ(quote("a\xED\xA0\x80z"), "\"a\uFFFD\uFFFD\uFFFDz\"");
  EXPECT_EQ(quote("\u20ac\xE2\x82"), "\"\u20ac\uFFFD\uFFFD\"");
}

TEST(Json, WhatIsQuotedParsesBack) {
  const std::string text = "tab\t, null \x01, euro \u20ac, \U0001F600";
  auto parsed = parse(quote(text));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(std::string(parsed->as_string()), text);
}

TEST(Json, NestingIsBounded) {
  EXPECT_TRUE(parse(std::string(kMaxDepth, '[') + std::string(kMaxDepth, ']')).ok());
  EXPECT_FALSE(parse(std::string(kMaxDepth + 1, '[') + std::string(kMaxDepth + 1, ']')).ok());
}

TEST(Json, AFaultIsDescribedInWords) {
  auto parsed = parse("{\"a\":");
  ASSERT_FALSE(parsed.ok());
  EXPECT_FALSE(parsed.error().empty());
}

}  // namespace
}  // namespace rollcall::base::json
