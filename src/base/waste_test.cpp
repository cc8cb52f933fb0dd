#include "base/waste.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

constexpr std::size_t kMiB = 1 << 20;
constexpr microseconds kQuick{100};

TEST(Waste, AServerThatIsSmallIsNotCounted) {
  EXPECT_FALSE(Waste().worth_counting(20 * kMiB));
  EXPECT_TRUE(Waste().worth_counting(40 * kMiB));
}

TEST(Waste, WhatIsInUseIsNotGivenBackAndWhatIsFreeIs) {
  Waste waste;
  EXPECT_FALSE(waste.counted(300 * kMiB, 280 * kMiB, kQuick));
  EXPECT_TRUE(waste.counted(300 * kMiB, 3 * kMiB, kQuick));
}

TEST(Waste, WhatCouldNotBeGivenBackIsNotTriedAgain) {
  Waste waste;
  ASSERT_TRUE(waste.counted(300 * kMiB, 100 * kMiB, kQuick));
  waste.gave_back(200 * kMiB, 100 * kMiB, kQuick);
  EXPECT_FALSE(waste.counted(200 * kMiB, 100 * kMiB, kQuick));
  EXPECT_TRUE(waste.counted(233 * kMiB, 100 * kMiB, kQuick)) << "but what comes to it is";
}

TEST(Waste, WhatWasScatteredAndIsInUseAgainDoesNotHideTheNextSpike) {
  Waste waste;
  ASSERT_TRUE(waste.counted(300 * kMiB, 100 * kMiB, kQuick));
  waste.gave_back(200 * kMiB, 100 * kMiB, kQuick);
  EXPECT_FALSE(waste.counted(200 * kMiB, 190 * kMiB, kQuick));
  EXPECT_TRUE(waste.counted(200 * kMiB, 150 * kMiB, kQuick));
}

TEST(Waste, CountingAndGivingBackTakeASmallShareOfTheTime) {
  Waste waste;
  EXPECT_EQ(waste.pause(), seconds(10));
  ASSERT_FALSE(waste.counted(300 * kMiB, 280 * kMiB, milliseconds(30)));
  EXPECT_EQ(waste.pause(), seconds(30));
  ASSERT_TRUE(waste.counted(300 * kMiB, 100 * kMiB, milliseconds(30)));
  waste.gave_back(110 * kMiB, 100 * kMiB, milliseconds(2000));
  EXPECT_EQ(waste.pause(), seconds(50));
  EXPECT_FALSE(waste.counted(110 * kMiB, 100 * kMiB, kQuick));
  EXPECT_EQ(waste.pause(), seconds(10));
}

}  // namespace
}  // namespace rollcall::base
