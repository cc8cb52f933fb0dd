#include "base/varint.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rollcall::base {
namespace {

TEST(Varint, NumbersComeBackWhateverTheirSize) {
  const std::vector<std::uint64_t> numbers = {0, 1, 127, 128, 16383, 16384, 1ULL << 35, UINT64_MAX};
  std::string out;
  for (const std::uint64_t number : numbers) append_varint(out, number);
  std::string_view rest = out;
  for (const std::uint64_t number : numbers) EXPECT_EQ(take_varint(rest), number);
  EXPECT_TRUE(rest.empty());
}

TEST(Varint, SmallNumbersTakeAByte) {
  std::string out;
  append_varint(out, 127);
  EXPECT_EQ(out.size(), 1U);
  append_varint(out, 128);
  EXPECT_EQ(out.size(), 3U);
}

TEST(Varint, TextsComeBackWithEveryByte) {
  const std::vector<std::string> texts = {"", std::string("\0\x80\xFF", 3), std::string(127, 'a'),
                                          std::string(128, 'b'), std::string(70'000, 'c')};
  std::string out;
  for (const std::string& text : texts) append_text(out, text);
  std::string_view rest = out;
  for (const std::string& text : texts) EXPECT_EQ(take_text(rest), text);
  EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace rollcall::base
