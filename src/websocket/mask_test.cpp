#include "websocket/mask.hpp"

#include <gtest/gtest.h>

#include "websocket/test_client.hpp"

namespace rollcall::websocket {
namespace {

std::uint32_t as_word(const test::Mask& mask) {
  return std::bit_cast<std::uint32_t>(mask);
}

TEST(Mask, TurnsBytesBackAtEveryLengthAndAlignment) {
  std::string plain;
  for (int i = 0; i < 40; ++i) plain += static_cast<char>(i * 37);
  for (std::size_t offset = 0; offset < 8; ++offset) {
    for (std::size_t size = 0; size + offset <= plain.size(); ++size) {
      std::string bytes = std::string(offset, 'x') + test::masked(plain.substr(0, size), test::kMask) + "y";
      unmask(std::span(bytes).subspan(offset, size), as_word(test::kMask));
      EXPECT_EQ(bytes, std::string(offset, 'x') + plain.substr(0, size) + "y");
    }
  }
}

TEST(Mask, GoesOnWhereItStopped) {
  const std::string plain = "The quick brown fox jumps over the lazy dog.";
  for (std::size_t first = 0; first <= plain.size(); ++first) {
    for (std::size_t second = first; second <= plain.size(); ++second) {
      std::string bytes = test::masked(plain, test::kMask);
      std::uint32_t mask = unmask(std::span(bytes).first(first), as_word(test::kMask));
      mask = unmask(std::span(bytes).subspan(first, second - first), mask);
      unmask(std::span(bytes).subspan(second), mask);
      ASSERT_EQ(bytes, plain) << first << ' ' << second;
    }
  }
}

}  // namespace
}  // namespace rollcall::websocket
