#include "socketio/parked_sessions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct ParkedSessionsTest : testing::Test {
  ParkedSessions parked{{seconds(120), 10, 1000, 3, 400}};
  Instant now{seconds(1000)};

  // The slots of those that had to give way.
  std::vector<std::uint32_t> park(const std::string& owner, std::uint32_t slot, std::size_t bytes = 1) {
    std::vector<ParkPlace> gone;
    parked.park(owner, {0, 0, slot, 0}, bytes, 100 + slot, now, gone);
    return slots(gone);
  }
  static std::vector<std::uint32_t> slots(const std::vector<ParkPlace>& places) {
    std::vector<std::uint32_t> found;
    for (const ParkPlace& place : places) found.push_back(place.slot);
    return found;
  }
};

TEST_F(ParkedSessionsTest, ASessionIsTakenOnce) {
  EXPECT_THAT(park("ann", 1), IsEmpty());
  EXPECT_EQ(parked.take({0, 0, 1, 0}, now), 101U);
  EXPECT_FALSE(parked.take({0, 0, 1, 0}, now));
  EXPECT_EQ(parked.sessions(), 0U);
  EXPECT_EQ(parked.bytes(), 0U);
}

TEST_F(ParkedSessionsTest, TheSameSlotWithAnotherGenerationIsAnotherSession) {
  park("ann", 1);
  EXPECT_FALSE(parked.take({0, 0, 1, 1}, now));
  EXPECT_FALSE(parked.take({0, 1, 1, 0}, now));
  EXPECT_TRUE(parked.take({0, 0, 1, 0}, now));
}

TEST_F(ParkedSessionsTest, ASessionLivesToItsVeryAgeAndNoLonger) {
  park("ann", 1);
  park("bob", 2);
  now += seconds(120);
  EXPECT_TRUE(parked.take({0, 0, 1, 0}, now));
  now += microseconds(1);
  EXPECT_FALSE(parked.take({0, 0, 2, 0}, now));
  std::vector<ParkPlace> gone;
  park("eve", 3);
  now += seconds(121);
  parked.expire(now, gone);
  EXPECT_THAT(slots(gone), ElementsAre(3));
}

TEST_F(ParkedSessionsTest, TheOldestSessionOfAnOwnerWithTooManyGoes) {
  for (std::uint32_t slot = 1; slot <= 3; ++slot) EXPECT_THAT(park("ann", slot), IsEmpty());
  park("bob", 9);
  EXPECT_THAT(park("ann", 4), ElementsAre(1));
  EXPECT_TRUE(parked.take({0, 0, 9, 0}, now));
}

TEST_F(ParkedSessionsTest, AnOwnerWithTooManyBytesGivesWayToNobodyElse) {
  park("bob", 9, 300);
  park("ann", 1, 150);
  park("ann", 2, 150);
  EXPECT_THAT(park("ann", 3, 350), ElementsAre(1, 2));
  EXPECT_EQ(parked.bytes(), 650U);
}

TEST_F(ParkedSessionsTest, ASessionThatIsTooLargeByItselfIsNotKept) {
  park("ann", 1, 150);
  EXPECT_THAT(park("ann", 2, 401), ElementsAre(1, 2));
  EXPECT_EQ(parked.bytes(), 0U);
}

TEST_F(ParkedSessionsTest, SessionsOfNobodyHaveNoOwnersShare) {
  for (std::uint32_t slot = 1; slot <= 5; ++slot) EXPECT_THAT(park("", slot, 190), IsEmpty());
  EXPECT_THAT(park("", 6, 190), ElementsAre(1)) << "they are bounded as all are";
  EXPECT_EQ(parked.take({0, 0, 2, 0}, now), 102U);
  EXPECT_EQ(parked.sessions(), 4U);
}

TEST_F(ParkedSessionsTest, TheOldestOfAllGoFirst) {
  park("a", 1, 400);
  park("b", 2, 400);
  EXPECT_THAT(park("c", 3, 400), ElementsAre(1));
  for (std::uint32_t slot = 10; slot < 18; ++slot) park("u" + std::to_string(slot), slot);
  EXPECT_THAT(park("last", 30), ElementsAre(2));
}

}  // namespace
}  // namespace rollcall::socketio
