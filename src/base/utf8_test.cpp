#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::base {
namespace {

TEST(Utf8, AcceptsEveryLengthOfCharacter) {
  EXPECT_TRUE(is_utf8("plain ascii that is longer than eight bytes"));
  EXPECT_TRUE(is_utf8("\u00e9 \u20ac \U0001F600 \U0010FFFF"));
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndStrayBytes) {
  for (const char* bad :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xFF", "a\xE2\x82", "\xE2(\xA1"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(Utf8, FindsTheSameInPiecesAsInOne) {
  const std::string text = "12345678\u00e9\u20ac\U0001F600abcdefgh\U0010FFFF";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Utf8Validator validator;
    EXPECT_TRUE(validator.feed(std::string_view(text).substr(0, cut)));
    EXPECT_TRUE(validator.feed(std::string_view(text).substr(cut)));
    EXPECT_TRUE(validator.complete());
  }
}

TEST(Utf8, RefusesAtTheFirstImpossibleByteWithoutWaitingForMore) {
  Utf8Validator validator;
  EXPECT_TRUE(validator.feed("\xF4"));
  EXPECT_FALSE(validator.complete());
  EXPECT_FALSE(validator.feed("\x90"));
}

}  // namespace
}  // namespace rollcall::base
