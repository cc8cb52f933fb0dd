#include "base/shrink.hpp"

#include <gtest/gtest.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>

namespace rollcall::base {
namespace {

TEST(Shrink, ATableThatIsNearlyEmptyGivesItsRoomBackAndKeepsWhatItHas) {
  boost::unordered_flat_map<int, int> table;
  for (int i = 0; i < 100'000; ++i) table.emplace(i, -i);
  for (int i = 10; i < 100'000; ++i) {
    table.erase(i);
    shrink_table(table);
    ASSERT_TRUE(table.bucket_count() <= kNotWorthShrinking || table.bucket_count() <= 8 * table.size() + 8);
  }
  EXPECT_LE(table.bucket_count(), kNotWorthShrinking);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(table.at(i), -i);
}

TEST(Shrink, ATableThatEbbsAndFlowsIsNotRebuiltEachTime) {
  boost::unordered_flat_map<int, int> table;
  for (int i = 0; i < 100'000; ++i) table.emplace(i, i);
  std::size_t rebuilt = 0;
  for (int round = 0; round < 4; ++round) {
    for (int i = 50'000; i < 100'000; ++i) {
      const std::size_t before = table.bucket_count();
      table.erase(i);
      shrink_table(table);
      rebuilt += table.bucket_count() != before;
    }
    for (int i = 50'000; i < 100'000; ++i) table.emplace(i, i);
  }
  EXPECT_EQ(rebuilt, 0U);
}

TEST(Shrink, AVectorThatIsNearlyEmptyGivesItsRoomBackAndKeepsWhatItHas) {
  std::vector<std::unique_ptr<int>> vector;
  for (int i = 0; i < 100'000; ++i) vector.push_back(std::make_unique<int>(i));
  while (vector.size() > 10) {
    vector.pop_back();
    shrink_vector(vector);
    ASSERT_TRUE(vector.capacity() <= kNotWorthShrinking || vector.capacity() <= 8 * vector.size() + 8);
  }
  for (int i = 0; i < 10; ++i) EXPECT_EQ(*vector[static_cast<std::size_t>(i)], i);
}

TEST(Shrink, AScratchVectorKeepsTheMemoryOfAnOrdinaryTurnOnly) {
  std::vector<int> vector(4000);
  clear_scratch(vector);
  EXPECT_EQ(vector.capacity(), 4000U);
  vector.resize(5000);
  clear_scratch(vector);
  EXPECT_EQ(vector.capacity(), 0U);
}

}  // namespace
}  // namespace rollcall::base
