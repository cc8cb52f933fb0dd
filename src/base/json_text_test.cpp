#include "base/json_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::base {
namespace {

TEST(PlainLength, EndsAtTheFirstSpecialCharacterWhereverItIs) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string plain(size, 'a');
    EXPECT_EQ(plain_length<HighBytes::special>(plain), size);
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string text = plain;
        text[at] = static_cast<char>(c);
        const bool special = c < 0x20 || c == '"' || c == '\\';
        EXPECT_EQ(plain_length<HighBytes::plain>(text), special ? at : size) << c << " at " << at;
        EXPECT_EQ(plain_length<HighBytes::special>(text), special || c >= 0x80 ? at : size) << c;
      }
    }
  }
}

}  // namespace
}  // namespace rollcall::base
