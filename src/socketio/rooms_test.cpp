#include "socketio/rooms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace rollcall::socketio {
namespace {

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

TEST(Rooms, BehaveAsSetsWhateverTheOrder) {
  std::mt19937 random(7);
  Rooms rooms;
  std::map<std::string, std::set<Rooms::Slot>> model;
  for (int step = 0; step < 20'000; ++step) {
    const Rooms::Slot slot = random() % 12;
    const std::string room(1, static_cast<char>('a' + random() % 8));
    switch (random() % 8) {
      case 0:
        rooms.leave_all(slot);
        for (auto& [name, members] : model) members.erase(slot);
        break;
      case 1:
      case 2:
      case 3:
        ASSERT_EQ(rooms.leave(slot, room), model[room].erase(slot) == 1);
        break;
      default:
        ASSERT_EQ(rooms.join(slot, room), model[room].insert(slot).second);
    }
    const auto members = select(rooms, {room});
    ASSERT_EQ(std::set<Rooms::Slot>(members.begin(), members.end()), model[room]);
    ASSERT_EQ(rooms.size(room), model[room].size());
  }
}

}  // namespace
}  // namespace rollcall::socketio
