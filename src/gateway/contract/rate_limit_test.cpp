#include "gateway/contract/rate_limit.hpp"

#include <gtest/gtest.h>

namespace rollcall::gateway {
namespace {

constexpr Instant kStart{seconds(1000)};

// How many of `tries` get through.
int taken(RateLimit& rate, std::uint32_t per_second, std::uint32_t burst, Instant now, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += rate.take(per_second, burst, now) ? 1 : 0;
  return count;
}

TEST(RateLimit, LetsABurstThroughAtOnceAndNoMore) {
  RateLimit rate(5, kStart);
  EXPECT_EQ(taken(rate, 10, 5, kStart, 100), 5);
}

TEST(RateLimit, LetsSoManyThroughASecondInTheLongRun) {
  RateLimit rate(5, kStart);
  EXPECT_EQ(taken(rate, 10, 5, kStart, 5), 5);
  int count = 0;
  for (int ms = 1; ms <= 10'000; ++ms) count += taken(rate, 10, 5, kStart + milliseconds(ms), 3);
  EXPECT_NEAR(count, 100, 1);
}

TEST(RateLimit, SavesUpNoMoreThanABurst) {
  RateLimit rate(5, kStart);
  EXPECT_EQ(taken(rate, 10, 5, kStart, 5), 5);
  EXPECT_EQ(taken(rate, 10, 5, kStart + seconds(3600), 100), 5);
}

TEST(RateLimit, HasNoLimitAtZeroASecond) {
  RateLimit rate(0, kStart);
  EXPECT_EQ(taken(rate, 0, 0, kStart, 10'000), 10'000);
}

TEST(RateLimit, KnowsWhenItWasLastAsked) {
  for (const std::uint32_t per_second : {0U, 1U}) {
    RateLimit rate(1, kStart);
    EXPECT_EQ(rate.last(kStart + seconds(5)), kStart);
    EXPECT_EQ(taken(rate, per_second, 1, kStart + seconds(1), 2), per_second == 0 ? 2 : 1);
    EXPECT_EQ(rate.last(kStart + seconds(5)), kStart + seconds(1));
  }
}

}  // namespace
}  // namespace rollcall::gateway
