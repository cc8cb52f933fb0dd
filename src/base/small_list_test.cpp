#include "base/small_list.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rollcall::base {
namespace {

std::vector<int> content(const SmallList<int>& list) {
  return {list.begin(), list.end()};
}

TEST(SmallList, KeepsWhatIsPutInInOrder) {
  SmallList<int> list;
  EXPECT_TRUE(list.empty());
  std::vector<int> expected;
  for (int i = 0; i < 20; ++i) {
    list.push_back(i);
    expected.push_back(i);
    EXPECT_EQ(content(list), expected);
  }
  for (; !expected.empty(); expected.pop_back(), list.pop_back()) {
    EXPECT_EQ(list.back(), expected.back());
    EXPECT_EQ(content(list), expected);
  }
}

TEST(SmallList, MovesWithAndWithoutAHeapBlock) {
  for (const int size : {0, 1, 5}) {
    SmallList<int> list;
    for (int i = 0; i < size; ++i) list.push_back(i);
    SmallList<int> moved = std::move(list);
    EXPECT_EQ(moved.size(), static_cast<std::uint32_t>(size));
    SmallList<int> other;
    other.push_back(7);
    other = std::move(moved);
    EXPECT_EQ(other.size(), static_cast<std::uint32_t>(size));
    EXPECT_EQ(content(other).size(), static_cast<std::size_t>(size));
  }
}

TEST(SmallList, GivesRoomBackThatAPeakHasLeft) {
  SmallList<int> list;
  for (int i = 0; i < 1000; ++i) list.push_back(i);
  EXPECT_EQ(list.capacity(), 1024U);
  for (std::uint32_t size = 1000; size > 1; --size) {
    list.pop_back();
    ASSERT_TRUE(list.capacity() <= 4 || list.size() * 16 >= list.capacity() * 7) << list.size();
    ASSERT_EQ(list.back(), static_cast<int>(list.size()) - 1);
  }
}

TEST(SmallList, IsNotCopiedEachTimeItShrinksAndGrows) {
  SmallList<int> list;
  for (int i = 0; i < 513; ++i) list.push_back(i);
  for (int round = 0; round < 10; ++round) {
    list.pop_back();
    EXPECT_EQ(list.capacity(), 1024U);
    list.push_back(0);
  }
}

TEST(SmallList, IsSmall) {
  EXPECT_EQ(sizeof(SmallList<std::uint64_t>), 16U);
}

}  // namespace
}  // namespace rollcall::base
