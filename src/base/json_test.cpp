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

TEST(Json, HalfOfASurrogatePairBecomesTheReplacementCharacter) {
  const struct {
    const char* text;
    const char* read;
  } cases[] = {{R"("\ud83d")", "\xEF\xBF\xBD"},
               {R"("a\uDE00\ud83db")",
                "a\xEF\xBF\xBD\xEF\xBF\xBD"
                "b"},
               {R"("\ud83d\ud83d\ude00")", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
               {R"("\\ud83d\ud83d\n")", "\\ud83d\xEF\xBF\xBD\n"}};
  for (const auto& [text, read] : cases) {
    bool halves = false;
    const auto parsed = parse(text, {}, &halves);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error();
    EXPECT_EQ(std::string_view(parsed->as_string()), read);
    EXPECT_TRUE(halves);
  }
  bool halves = false;
  EXPECT_TRUE(parse(R"("\ud83d\ude00 \\ud83d")", {}, &halves));
  EXPECT_FALSE(halves);
  for (const char* bad : {R"("\ud83d)", R"(\ud83d)", R"("\ud8")", "\"\\", "\"\\u"})
    EXPECT_FALSE(parse(bad)) << bad;
}

}  // namespace
}  // namespace rollcall::base::json
