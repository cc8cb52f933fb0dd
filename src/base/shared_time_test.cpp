#include "base/shared_time.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace rollcall::base {
namespace {

WallTime at(milliseconds::rep ms) {
  return WallTime{milliseconds(ms)};
}

TEST(SharedTime, GoesBackWithTheClockButNotForAWorkersLag) {
  SharedTime time;
  time.advance(at(1'000'000));
  time.advance(at(990'000));
  EXPECT_EQ(time.get(), at(1'000'000));
  time.advance(at(989'999));
  EXPECT_EQ(time.get(), at(989'999));
}

TEST(SharedTime, GoesForwardOnlyWithinAMoment) {
  SharedTime time;
  EXPECT_EQ(time.get(), at(0));
  time.advance(at(7));
  time.advance(at(5));
  EXPECT_EQ(time.get(), at(7));
}

TEST(SharedTime, IsCopiedAsItIs) {
  SharedTime time;
  time.advance(at(7));
  SharedTime copy(time);
  copy.advance(at(9));
  EXPECT_EQ(copy.get(), at(9));
  copy = time;
  EXPECT_EQ(copy.get(), at(7));
}

TEST(SharedTime, KeepsTheLatestOfAllThreads) {
  constexpr milliseconds::rep kLast = 10'000;
  SharedTime time;
  const auto raise = [&time](milliseconds::rep from) {
    WallTime seen{};
    for (milliseconds::rep ms = from; ms <= kLast; ms += 2) {
      time.advance(at(ms));
      EXPECT_GE(time.get(), std::max(seen, at(ms)));
      seen = time.get();
    }
  };
  std::thread odd(raise, 1);
  raise(0);
  odd.join();
  EXPECT_EQ(time.get(), at(kLast));
}

}  // namespace
}  // namespace rollcall::base
