#include "base/recent_count.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

constexpr seconds kForget{2};

TEST(RecentCount, CountsWhatIsRecentAndForgetsOneAtATime) {
  RecentCount count;
  Instant now{seconds(1000)};
  EXPECT_EQ(count.add(now, kForget), 1);
  EXPECT_EQ(count.add(now, kForget), 2);
  EXPECT_EQ(count.add(now += seconds(1), kForget), 3);
  EXPECT_EQ(count.add(now += seconds(1), kForget), 3);
  EXPECT_EQ(count.add(now += seconds(3), kForget), 3);
  EXPECT_EQ(count.add(now += seconds(100), kForget), 1);
}

TEST(RecentCount, StaysTheSameAtTheRateOfForgetting) {
  RecentCount count;
  Instant now{seconds(1)};
  for (int i = 0; i < 1000; ++i) EXPECT_LE(count.add(now += kForget, kForget), 2);
}

TEST(RecentCount, RemembersAHundredAtMost) {
  RecentCount count;
  Instant now{seconds(1000)};
  for (int i = 0; i < 1000; ++i) count.add(now, kForget);
  EXPECT_EQ(count.add(now, kForget), RecentCount::kMost);
  EXPECT_EQ(count.add(now + RecentCount::kMost * kForget, kForget), 1);
}

TEST(RecentCount, TakesThreeBytes) {
  EXPECT_EQ(sizeof(RecentCount), 3U);
}

}  // namespace
}  // namespace rollcall::base
