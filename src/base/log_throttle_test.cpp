#include "base/log_throttle.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

constexpr Instant kStart{seconds(1000)};

std::uint64_t admitted(LogThrottle& throttle, std::string_view event, std::string_view code, int times,
                       Instant now) {
  std::uint64_t lines = 0;
  for (int i = 0; i < times; ++i) lines += throttle.admit(event, code, 1, now) ? 1 : 0;
  return lines;
}

TEST(LogThrottle, TheFirstOfAnIntervalGetLinesAndTheRestOneSummary) {
  LogThrottle throttle;
  EXPECT_EQ(admitted(throttle, "refused", "A", 1000, kStart), LogThrottle::kLinesEach);
  EXPECT_TRUE(throttle.take_due(kStart + LogThrottle::kInterval - milliseconds(1)).empty());

  const auto summaries = throttle.take_due(kStart + LogThrottle::kInterval);
  ASSERT_EQ(summaries.size(), 1U);
  EXPECT_EQ(summaries[0].event, "refused");
  EXPECT_EQ(summaries[0].code, "A");
  EXPECT_EQ(summaries[0].count, 1000 - LogThrottle::kLinesEach);
  EXPECT_EQ(summaries[0].since, LogThrottle::kInterval);
  EXPECT_TRUE(throttle.take_due(kStart + 2 * LogThrottle::kInterval).empty());
}

TEST(LogThrottle, TheNextIntervalBeginsWithLinesAgain) {
  LogThrottle throttle;
  admitted(throttle, "refused", "A", 100, kStart);
  throttle.take_due(kStart + LogThrottle::kInterval);
  EXPECT_EQ(admitted(throttle, "refused", "A", 100, kStart + LogThrottle::kInterval),
            LogThrottle::kLinesEach);
}

TEST(LogThrottle, FewEventsHaveNoSummary) {
  LogThrottle throttle;
  EXPECT_EQ(admitted(throttle, "refused", "A", 5, kStart), 5U);
  EXPECT_TRUE(throttle.take_due(kStart + LogThrottle::kInterval).empty());
}

TEST(LogThrottle, AnotherEventOrCodeHasLinesOfItsOwn) {
  LogThrottle throttle;
  admitted(throttle, "refused", "A", 100, kStart);
  EXPECT_TRUE(throttle.admit("refused", "B", 1, kStart));
  EXPECT_TRUE(throttle.admit("closed", "A", 1, kStart));
}

TEST(LogThrottle, ASummaryHasTheHighestLevelThatWasGiven) {
  LogThrottle throttle;
  admitted(throttle, "refused", "A", 5, kStart);
  throttle.admit("refused", "A", 3, kStart);
  throttle.admit("refused", "A", 2, kStart);
  const auto summaries = throttle.take_due(kStart + LogThrottle::kInterval);
  ASSERT_EQ(summaries.size(), 1U);
  EXPECT_EQ(summaries[0].level, 3U);
}

TEST(LogThrottle, WhatIsLeftOutWhenTheProgramEndsIsToldThen) {
  LogThrottle throttle;
  admitted(throttle, "refused", "A", 7, kStart);
  const auto summaries = throttle.take_all(kStart + milliseconds(300));
  ASSERT_EQ(summaries.size(), 1U);
  EXPECT_EQ(summaries[0].count, 2U);
  EXPECT_EQ(summaries[0].since, seconds(1));
}

TEST(LogThrottle, KindsBeyondTheLimitAreCountedTogetherAndNoneIsLost) {
  LogThrottle throttle;
  constexpr std::uint64_t kKinds = 1000;
  std::uint64_t lines = 0;
  for (std::uint64_t i = 0; i < kKinds; ++i) {
    lines += throttle.admit("refused", std::to_string(i), 1, kStart) ? 1 : 0;
  }
  EXPECT_EQ(lines, LogThrottle::kMaxKinds - 1 + LogThrottle::kLinesEach);
  const auto summaries = throttle.take_due(kStart + LogThrottle::kInterval);
  ASSERT_EQ(summaries.size(), 1U);
  EXPECT_EQ(summaries[0].event, "other events");
  EXPECT_EQ(summaries[0].count + lines, kKinds);
}

}  // namespace
}  // namespace rollcall::base
