#include "server/crew/descriptor_room.hpp"

#include <gtest/gtest.h>

namespace rollcall::server {
namespace {

// 400 descriptors, 20 of them no connections; 48 are reserved.
struct DescriptorRoomTest : testing::Test {
  DescriptorRoomTest() {
    room.limit(400);
    room.set_others(20);
  }
  DescriptorRoom room;
};

TEST_F(DescriptorRoomTest, SessionsDoNotGetTheReserve) {
  EXPECT_FALSE(room.scarce(331, 0));
  EXPECT_TRUE(room.scarce(332, 0));
}

TEST_F(DescriptorRoomTest, ConnectionsThatWaitForARequestKeepNoSessionOut) {
  EXPECT_FALSE(room.scarce(356, 356));
  EXPECT_FALSE(room.scarce(356, 25));
  EXPECT_TRUE(room.scarce(356, 24));
  EXPECT_FALSE(room.scarce(1, 2)) << "the two are counted one after the other";
}

TEST_F(DescriptorRoomTest, ConnectionsMakeRoomBeforeTheLastDescriptorIsTaken) {
  EXPECT_EQ(room.excess(356), 0U);
  EXPECT_EQ(room.excess(357), 1U);
  EXPECT_EQ(room.excess(400), 44U);
}

TEST_F(DescriptorRoomTest, NewcomersAreAcceptedSlowlyOnceTheReserveIsInUse) {
  EXPECT_FALSE(room.tight(331));
  EXPECT_TRUE(room.tight(332));
}

TEST_F(DescriptorRoomTest, AnEighthIsReservedWhereThereAreFew) {
  room.limit(80);
  EXPECT_FALSE(room.scarce(49, 0));
  EXPECT_TRUE(room.scarce(50, 0));
  EXPECT_EQ(room.excess(55), 0U);
  EXPECT_EQ(room.excess(56), 1U);
}

TEST_F(DescriptorRoomTest, NoMoreMakeRoomThanThereAre) {
  room.set_others(500);
  EXPECT_EQ(room.excess(3), 3U);
}

TEST_F(DescriptorRoomTest, WithoutALimitNothingIsScarce) {
  room.limit(0);
  EXPECT_FALSE(room.scarce(1'000'000, 0));
  EXPECT_FALSE(room.tight(1'000'000));
  EXPECT_EQ(room.excess(1'000'000), 0U);
}

}  // namespace
}  // namespace rollcall::server
