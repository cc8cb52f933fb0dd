#include "socketio/rooms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<Rooms::Slot> select(const Rooms& rooms, std::vector<std::string> in,
                                std::vector<std::string> out = {}) {
  std::vector<Rooms::Slot> slots;
  rooms.select(in, out, slots);
  return slots;
}

TEST(Rooms, JoiningTwiceIsOnce) {
  Rooms rooms;
  EXPECT_TRUE(rooms.join(1, "a"));
  EXPECT_FALSE(rooms.join(1, "a"));
  EXPECT_EQ(rooms.size("a"), 1U);
}

TEST(Rooms, UnionMinusExceptionsEachOnce) {
  Rooms rooms;
  for (Rooms::Slot slot : {1, 2, 3}) rooms.join(slot, "a");
  for (Rooms::Slot slot : {3, 4}) rooms.join(slot, "b");
  rooms.join(2, "out");
  EXPECT_THAT(select(rooms, {"a", "b"}, {"out", "nobody"}), UnorderedElementsAre(1U, 3U, 4U));
}

TEST(Rooms, AnEmptyRoomIsForgotten) {
  Rooms rooms;
  rooms.join(1, "a");
  EXPECT_TRUE(rooms.leave(1, "a"));
  EXPECT_FALSE(rooms.leave(1, "a"));
  EXPECT_EQ(rooms.rooms(), 0U);
}

TEST(Rooms, WhoIsInTwoOfTheRoomsIsSelectedOnceAndRoomsThatAreNotThereSelectNobody) {
  Rooms rooms;
  for (const char* room : {"a", "b", "c"}) rooms.join(5, room);
  EXPECT_THAT(select(rooms, {"a", "b", "a", "none"}), UnorderedElementsAre(5U));
  EXPECT_THAT(select(rooms, {"none"}), IsEmpty());
  EXPECT_THAT(select(rooms, {}), IsEmpty());
  EXPECT_THAT(select(rooms, {"a"}, {"a"}), IsEmpty());
}

TEST(Rooms, SelectingAppends) {
  Rooms rooms;
  rooms.join(1, "a");
  rooms.join(2, "b");
  std::vector<Rooms::Slot> out{1};
  const std::vector<std::string> a{"a"}, both{"a", "b"};
  rooms.select(a, both, out);
  EXPECT_THAT(out, ElementsAre(1U)) << "what was there stays, excepted or not";
  rooms.select(both, {}, out);
  EXPECT_THAT(out, UnorderedElementsAre(1U, 1U, 2U));
}

TEST(Rooms, TheExcludedComeInOrderEachOnce) {
  Rooms rooms;
  for (Rooms::Slot slot : {9, 3, 7}) rooms.join(slot, "a");
  for (Rooms::Slot slot : {1, 3}) rooms.join(slot, "b");
  std::vector<Rooms::Slot> out{100};
  const std::vector<std::string> except{"b", "a", "none"};
  rooms.excluded(except, out);
  EXPECT_THAT(out, ElementsAre(1U, 3U, 7U, 9U));
  rooms.excluded({}, out);
  EXPECT_THAT(out, IsEmpty());
}

TEST(Rooms, LeavingAllForgetsTheMemberAndNobodyElse) {
  Rooms rooms;
  for (Rooms::Slot slot : {1, 2}) {
    for (const char* room : {"a", "b"}) rooms.join(slot, room);
  }
  rooms.join(1, "own");
  EXPECT_THAT(rooms.rooms_of(1), UnorderedElementsAre("a", "b", "own"));
  rooms.leave_all(1);
  rooms.leave_all(77);
  EXPECT_THAT(rooms.rooms_of(1), IsEmpty());
  EXPECT_THAT(rooms.rooms_of(77), IsEmpty());
  EXPECT_THAT(rooms.rooms_of(2), UnorderedElementsAre("a", "b"));
  EXPECT_EQ(rooms.rooms(), 2U);
}

TEST(Rooms, AnyBytesMayNameARoom) {
  Rooms rooms;
  const std::string odd("\xFF\0a", 3);
  EXPECT_TRUE(rooms.join(0, odd));
  EXPECT_TRUE(rooms.join(0, ""));
  EXPECT_FALSE(rooms.leave(0, "\xFF"));
  EXPECT_EQ(rooms.size(odd), 1U);
  EXPECT_TRUE(rooms.leave(0, ""));
}

}  // namespace
}  // namespace rollcall::socketio
