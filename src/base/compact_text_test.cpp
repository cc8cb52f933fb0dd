#include "base/compact_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::base {
namespace {

TEST(CompactText, KeepsTextsOfEveryLength) {
  for (const std::size_t size : {0U, 1U, 36U, 127U, 128U, 129U, 300U, 70'000U}) {
    const std::string text(size, 'x');
    const CompactText compact(text);
    EXPECT_EQ(compact.view(), text);
    EXPECT_EQ(compact.empty(), size == 0);
  }
}

TEST(CompactText, KeepsEveryByte) {
  const std::string text("\0\xFF\n", 3);
  EXPECT_EQ(CompactText(text).view(), text);
}

TEST(CompactText, PutsACharacterInFront) {
  for (const std::size_t size : {0U, 1U, 126U, 127U, 128U, 300U}) {
    const std::string text(size, 'x');
    EXPECT_EQ(CompactText('k', text).view(), "k" + text);
  }
}

TEST(CompactText, IsReplacedAndMoved) {
  CompactText text("one");
  text = CompactText("two");
  const CompactText moved = std::move(text);
  EXPECT_EQ(moved.view(), "two");
  EXPECT_EQ(sizeof moved, sizeof(void*));
}

}  // namespace
}  // namespace rollcall::base
