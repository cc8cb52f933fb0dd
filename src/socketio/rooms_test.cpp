#include "socketio/rooms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "socketio/test_rooms.hpp"

namespace rollcall::socketio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Room named(std::string_view name) {
  return Room::application(name);
}

std::vector<Rooms::Slot> members(const Rooms& rooms, const std::vector<std::string>& names) {
  std::vector<Rooms::Slot> slots{100};
  rooms.members(test::named(names), slots);
  std::sort(slots.begin(), slots.end());
  return slots;
}

TEST(Rooms, JoiningTwiceIsOnce) {
  Rooms rooms;
  EXPECT_TRUE(rooms.join(1, named("a")));
  EXPECT_FALSE(rooms.join(1, named("a")));
  EXPECT_EQ(rooms.size(named("a")), 1U);
}

TEST(Rooms, AnEmptyRoomIsForgotten) {
  Rooms rooms;
  rooms.join(1, named("a"));
  EXPECT_TRUE(rooms.leave(1, named("a")));
  EXPECT_FALSE(rooms.leave(1, named("a")));
  EXPECT_EQ(rooms.rooms(), 0U);
}

TEST(Rooms, MembersOfSeveralRoomsComeEachOnce) {
  Rooms rooms;
  for (Rooms::Slot slot : {9, 3, 7}) rooms.join(slot, named("a"));
  for (Rooms::Slot slot : {1, 3}) rooms.join(slot, named("b"));
  EXPECT_THAT(members(rooms, {"b", "a", "none", "a"}), ElementsAre(1U, 3U, 7U, 9U));
  EXPECT_THAT(members(rooms, {"a"}), ElementsAre(3U, 7U, 9U));
  EXPECT_THAT(members(rooms, {"none"}), IsEmpty());
  EXPECT_THAT(members(rooms, {}), IsEmpty());
}

TEST(Rooms, LeavingAllForgetsTheMemberAndNobodyElse) {
  Rooms rooms;
  for (Rooms::Slot slot : {1, 2}) {
    for (const char* room : {"a", "b"}) rooms.join(slot, named(room));
  }
  rooms.join(1, named("own"));
  EXPECT_THAT(rooms.rooms_of(1), UnorderedElementsAre(named("a"), named("b"), named("own")));
  rooms.leave_all(1);
  rooms.leave_all(77);
  EXPECT_THAT(rooms.rooms_of(1), IsEmpty());
  EXPECT_THAT(rooms.rooms_of(77), IsEmpty());
  EXPECT_THAT(rooms.rooms_of(2), UnorderedElementsAre(named("a"), named("b")));
  EXPECT_EQ(rooms.rooms(), 2U);
}

TEST(Rooms, AnyBytesMayNameARoom) {
  Rooms rooms;
  const std::string odd("\xFF\0a", 3);
  EXPECT_TRUE(rooms.join(0, named(odd)));
  EXPECT_TRUE(rooms.join(0, named("")));
  EXPECT_FALSE(rooms.leave(0, named("\xFF")));
  EXPECT_EQ(rooms.size(named(odd)), 1U);
  EXPECT_TRUE(rooms.leave(0, named("")));
}

TEST(Rooms, AreDifferentIfOfAnotherKindWhateverTheirNames) {
  Rooms rooms;
  const Room all[] = {Room::application("x"), Room::user("x"), Room::watchers("x"), Room::user("wx"),
                      Room::application("ux")};
  for (Rooms::Slot slot = 0; slot < 5; ++slot) EXPECT_TRUE(rooms.join(slot, all[slot]));
  EXPECT_EQ(rooms.rooms(), 5U);
  for (Rooms::Slot slot = 0; slot < 5; ++slot) {
    std::vector<Rooms::Slot> found;
    rooms.members(std::vector<RoomKey>{all[slot]}, found);
    EXPECT_THAT(found, ElementsAre(slot));
    EXPECT_THAT(rooms.rooms_of(slot), ElementsAre(all[slot]));
    EXPECT_FALSE(rooms.leave(slot, all[(slot + 1) % 5]));
  }
}

TEST(Rooms, WhatOneMemberIsInAnotherTakesOver) {
  Rooms rooms;
  for (const char* room : {"a", "b"}) rooms.join(1, named(room));
  rooms.join(2, named("a"));
  rooms.move(1, 7);
  EXPECT_THAT(members(rooms, {"a"}), ElementsAre(2, 7));
  EXPECT_THAT(members(rooms, {"b"}), ElementsAre(7));
  EXPECT_TRUE(rooms.contains(7, named("a")));
  EXPECT_FALSE(rooms.contains(1, named("a")));
  rooms.leave_all(7);
  EXPECT_THAT(members(rooms, {"a"}), ElementsAre(2));
  EXPECT_EQ(rooms.rooms(), 1U);
}

TEST(Rooms, WhoTakesOverStaysInItsOwnRooms) {
  Rooms rooms;
  rooms.join(1, named("a"));
  rooms.join(1, named("b"));
  rooms.join(7, named("b"));
  rooms.join(7, named("c"));
  rooms.move(1, 7);
  EXPECT_EQ(rooms.rooms_of(7).size(), 3U);
  EXPECT_EQ(rooms.rooms_of(1).size(), 0U);
}

TEST(Rooms, GiveBackTheMemoryOfThoseThatAreGone) {
  Rooms rooms;
  for (Rooms::Slot slot = 0; slot < 100; ++slot) {
    for (int i = 0; i < 1000; ++i) rooms.join(slot, named(std::to_string(slot) + "/" + std::to_string(i)));
  }
  const std::size_t peak = rooms.places();
  EXPECT_EQ(peak, 100'000U);
  for (Rooms::Slot slot = 0; slot < 99; ++slot) {
    slot % 2 == 0 ? rooms.leave_all(slot) : rooms.move(slot, slot - 1);
  }
  for (Rooms::Slot slot = 0; slot < 99; slot += 2) {
    for (int i = 0; i < 1000; ++i)
      rooms.leave(slot, named(std::to_string(slot + 1) + "/" + std::to_string(i)));
  }
  EXPECT_EQ(rooms.rooms(), 1000U);
  EXPECT_LE(rooms.places(), 4 * rooms.rooms());
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "99/" + std::to_string(i);
    EXPECT_THAT(members(rooms, {name}), ElementsAre(99U));
    EXPECT_TRUE(rooms.leave(99, named(name)));
  }
  EXPECT_EQ(rooms.places(), 0U);
}

TEST(Rooms, ARoomCountsForItsOnlyMember) {
  Rooms rooms;
  rooms.join(1, named(std::string(200, 'x')));
  const std::size_t alone = rooms.bytes_of(1);
  EXPECT_GE(alone, 200U);
  rooms.join(2, named(std::string(200, 'x')));
  EXPECT_LT(rooms.bytes_of(1), 100U);
  EXPECT_EQ(rooms.bytes_of(9), 0U);
}

}  // namespace
}  // namespace rollcall::socketio
