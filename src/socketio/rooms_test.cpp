#include "socketio/rooms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rollcall::socketio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<Rooms::Slot> members(const Rooms& rooms, std::vector<std::string> of) {
  std::vector<Rooms::Slot> slots{100};
  rooms.members(of, slots);
  std::sort(slots.begin(), slots.end());
  return slots;
}

TEST(Rooms, JoiningTwiceIsOnce) {
  Rooms rooms;
  EXPECT_TRUE(rooms.join(1, "a"));
  EXPECT_FALSE(rooms.join(1, "a"));
  EXPECT_EQ(rooms.size("a"), 1U);
}

TEST(Rooms, AnEmptyRoomIsForgotten) {
  Rooms rooms;
  rooms.join(1, "a");
  EXPECT_TRUE(rooms.leave(1, "a"));
  EXPECT_FALSE(rooms.leave(1, "a"));
  EXPECT_EQ(rooms.rooms(), 0U);
}

TEST(Rooms, MembersOfSeveralRoomsComeEachOnce) {
  Rooms rooms;
  for (Rooms::Slot slot : {9, 3, 7}) rooms.join(slot, "a");
  for (Rooms::Slot slot : {1, 3}) rooms.join(slot, "b");
  EXPECT_THAT(members(rooms, {"b", "a", "none", "a"}), ElementsAre(1U, 3U, 7U, 9U));
  EXPECT_THAT(members(rooms, {"a"}), ElementsAre(3U, 7U, 9U));
  EXPECT_THAT(members(rooms, {"none"}), IsEmpty());
  EXPECT_THAT(members(rooms, {}), IsEmpty());
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
