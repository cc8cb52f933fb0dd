#include "base/clock_watch.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

class Clocks : public testing::Test {
 protected:
  // Both go on for `passed`; the wall clock is set by `set` besides.
  std::optional<milliseconds> after(milliseconds passed, milliseconds set = milliseconds{0}) {
    now_ += passed;
    wall_ += passed + set;
    return watch_.step(now_, wall_);
  }

  ClockWatch watch_;
  Instant now_{seconds(5)};
  WallTime wall_{seconds(1'800'000'000)};
};

TEST_F(Clocks, NothingIsSaidWhileTheyAgree) {
  EXPECT_FALSE(after(milliseconds(0)));
  EXPECT_FALSE(after(seconds(3'600'000)));
  EXPECT_FALSE(after(seconds(1), milliseconds(900)));
}

TEST_F(Clocks, AStepIsToldOnceForwardsAndBackwards) {
  after(milliseconds(0));
  EXPECT_EQ(after(seconds(10), seconds(7200)), seconds(7200));
  EXPECT_FALSE(after(seconds(10)));
  EXPECT_EQ(after(seconds(10), -seconds(86'400)), -seconds(86'400));
  EXPECT_FALSE(after(seconds(10)));
}

TEST_F(Clocks, SmallCorrectionsAddUp) {
  after(milliseconds(0));
  EXPECT_FALSE(after(seconds(10), milliseconds(600)));
  EXPECT_EQ(after(seconds(10), milliseconds(600)), milliseconds(1200));
}

}  // namespace
}  // namespace rollcall::base
