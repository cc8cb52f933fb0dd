#include "base/stable_hash.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace rollcall::base {
namespace {

// Computed by another implementation. Other values would split a cluster of two versions.
TEST(StableHash, NeverChanges) {
  EXPECT_EQ(stable_hash(""), 0xEFD01F60BA992926U);
  EXPECT_EQ(stable_hash("a"), 0x82A2A958A9BECE5BU);
  EXPECT_EQ(stable_hash("user-1"), 0x41A2FCA5C68401C5U);
  EXPECT_EQ(stable_hash("\xC3\xA4"), 0xD496E8B7A31C2B2EU);
}

TEST(StableHash, SpreadsConsecutiveIdsEvenly) {
  constexpr int kUsers = 160'000;
  std::array<int, 16> low{}, high{};
  for (int i = 0; i < kUsers; ++i) {
    const std::uint64_t hash = stable_hash("user-" + std::to_string(i));
    ++low[hash % 16];
    ++high[hash >> 60];
  }
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_NEAR(low[i], 10'000, 500) << i;
    EXPECT_NEAR(high[i], 10'000, 500) << i;
  }
}

}  // namespace
}  // namespace rollcall::base
