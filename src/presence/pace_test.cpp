// How long changes are collected, by the load.
#include "presence/pace.hpp"

#include <gtest/gtest.h>

namespace rollcall::presence {
namespace {

class PaceOf : public testing::Test {
 protected:
  // Changes told to `receivers`, evenly, `load` deliveries a second; reviews as they fall due.
  void run(std::size_t load, std::size_t receivers, seconds span, bool behind = false) {
    const std::size_t changes = load / receivers;
    for (int second = 0; second < span.count(); ++second) {
      for (std::size_t i = 0; i < changes; ++i) {
        pass(Monotonic::duration(seconds(1)) / changes, receivers, behind);
        pace_.count(receivers, now_);
      }
      if (changes == 0) pass(seconds(1), receivers, behind);
    }
  }
  void pass(Monotonic::duration span, std::size_t receivers, bool behind) {
    now_ += span;
    const auto due = pace_.review_at();
    if (due && *due <= now_) pace_.review(receivers, behind, now_);
  }

  Pace pace_{{300'000, milliseconds(5000)}};
  Instant now_{seconds(1000)};
};

TEST_F(PaceOf, IsLiveUpToTheLimit) {
  run(290'000, 1000, seconds(20));
  EXPECT_TRUE(pace_.live());
  EXPECT_FALSE(pace_.review_at());
  run(400'000, 1000, seconds(1));
  EXPECT_EQ(pace_.window(), milliseconds(100));
  EXPECT_TRUE(pace_.review_at());
}

TEST_F(PaceOf, TakesABurstOfASecondsBudgetAndActsWithinThatSecond) {
  for (int i = 0; i < 300; ++i) pace_.count(1000, now_);
  EXPECT_TRUE(pace_.live());
  pace_.count(1000, now_);
  EXPECT_FALSE(pace_.live());
}

// receivers / W + load / 20 <= 300,000 / 6: 5,000 receivers afford 10 sends a second, less what the load
// takes.
TEST_F(PaceOf, TheWindowWidensWithTheLoad) {
  run(310'000, 5000, seconds(2));
  EXPECT_EQ(pace_.window(), milliseconds(200));  // at least 145 ms
  run(600'000, 5000, seconds(2));
  EXPECT_EQ(pace_.window(), milliseconds(400));  // at least 250 ms
  run(900'000, 5000, seconds(2));
  EXPECT_EQ(pace_.window(), milliseconds(1600));  // at least 1000 ms
  run(2'000'000, 5000, seconds(2));
  EXPECT_EQ(pace_.window(), milliseconds(5000));  // more than batches can carry
}

TEST_F(PaceOf, TheWindowGrowsWithTheReceiversToo) {
  run(310'000, 50'000, seconds(2));
  EXPECT_EQ(pace_.window(), milliseconds(1600));  // at least 1450 ms
}

TEST_F(PaceOf, AShortGreatestWindowIsTheOnlyOne) {
  pace_ = Pace({300'000, milliseconds(70)});
  run(2'000'000, 5000, seconds(2));
  EXPECT_EQ(pace_.window(), milliseconds(70));
}

TEST_F(PaceOf, GoesBackOnlyAfterSecondsWithRoomToSpare) {
  run(310'000, 1000, seconds(2));
  run(200'000, 1000, seconds(30));
  EXPECT_FALSE(pace_.live()) << "twice that would be above the limit";
  run(100'000, 1000, seconds(4));
  EXPECT_FALSE(pace_.live());
  run(100'000, 1000, seconds(4));
  EXPECT_TRUE(pace_.live());
}

TEST_F(PaceOf, NarrowsToWhatTheWorstSecondOfTheCalmNeeds) {
  run(2'000'000, 5000, seconds(2));
  run(300'000, 5000, seconds(5));
  EXPECT_EQ(pace_.window(), milliseconds(5000));
  run(200'000, 5000, seconds(3));
  EXPECT_EQ(pace_.window(), milliseconds(400));
}

TEST_F(PaceOf, WhenNothingHappensAnyMoreItIsLiveAgain) {
  run(2'000'000, 5000, seconds(2));
  run(0, 5000, seconds(8));
  EXPECT_TRUE(pace_.live());
}

TEST_F(PaceOf, DoesNotNarrowWhileTheTellingIsBehind) {
  run(2'000'000, 5000, seconds(2));
  run(0, 5000, seconds(60), true);
  EXPECT_EQ(pace_.window(), milliseconds(5000));
}

TEST_F(PaceOf, ALoadThatSwingsDoesNotMakeItFlap) {
  int changes = 0;
  for (int i = 0; i < 60; ++i) {
    const milliseconds before = pace_.window();
    run(i % 4 == 0 ? 310'000 : 60'000, 1000, seconds(1));
    if (pace_.window() != before) ++changes;
  }
  EXPECT_EQ(changes, 1);
}

TEST_F(PaceOf, AfterAnyLongSilenceABurstIsNothingToWorryAbout) {
  now_ += seconds(100'000);
  run(300'000, 1000, seconds(1));
  EXPECT_TRUE(pace_.live());
}

TEST_F(PaceOf, WithoutABudgetThereIsNoLimit) {
  pace_ = Pace({0, milliseconds(5000)});
  run(2'000'000, 5000, seconds(3));
  EXPECT_TRUE(pace_.live());
  EXPECT_FALSE(pace_.limited());
}

// 50 changes in one send to each of 1,000: 1,000 sends, and 50,000 deliveries at a twentieth.
TEST_F(PaceOf, TellingCostsASendAReceiverAndATwentiethADelivery) {
  EXPECT_EQ(pace_.cost(50, 1000), milliseconds(70));
  EXPECT_EQ(pace_.cost(50, 10'000'000), milliseconds(5000)) << "never more than the greatest window";
}

}  // namespace
}  // namespace rollcall::presence
