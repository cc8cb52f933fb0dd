// Rooms and a map of sets, through any sequence of joins and leaves, say the same.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "socketio/rooms.hpp"

namespace rollcall::socketio {

enum class Act { join, leave, leave_all };

struct RoomMove {
  Act act;
  Rooms::Slot slot;
  std::string room;  // as RoomKey's text
};

std::ostream& operator<<(std::ostream& out, const RoomMove& move) {
  static constexpr const char* kNames[] = {"join", "leave", "leave_all"};
  return out << kNames[static_cast<int>(move.act)] << " " << move.slot << " " << move.room;
}

namespace {

using Model = std::map<std::string, std::set<Rooms::Slot>>;

constexpr Rooms::Slot kSlots = 10;
const std::vector<std::string> kRoomNames = {
    "a", "ab", "ub", "wb", "uub", "e", "ua name that is longer than most are"};

rc::Gen<std::vector<RoomMove>> moves() {
  using rc::gen::element;
  const auto a_move = rc::gen::build<RoomMove>(
      rc::gen::set(&RoomMove::act, element(Act::join, Act::join, Act::join, Act::join, Act::leave, Act::leave,
                                           Act::leave_all)),
      rc::gen::set(&RoomMove::slot, rc::gen::inRange<Rooms::Slot>(0, kSlots)),
      rc::gen::set(&RoomMove::room, rc::gen::elementOf(kRoomNames)));
  return rc::gen::scale(3.0, rc::gen::container<std::vector<RoomMove>>(a_move));
}

bool play(Model& model, const RoomMove& move) {
  if (move.act == Act::join) return model[move.room].insert(move.slot).second;
  if (move.act == Act::leave) return model[move.room].erase(move.slot) == 1;
  for (auto& [name, members] : model) members.erase(move.slot);
  return true;
}

bool play(Rooms& rooms, const RoomMove& move) {
  if (move.act == Act::join) return rooms.join(move.slot, RoomKey::read(move.room));
  if (move.act == Act::leave) return rooms.leave(move.slot, RoomKey::read(move.room));
  rooms.leave_all(move.slot);
  return true;
}

std::set<Rooms::Slot> united(const Model& model, const std::vector<std::string>& names) {
  std::set<Rooms::Slot> members;
  for (const std::string& name : names) {
    if (const auto found = model.find(name); found != model.end()) {
      members.insert(found->second.begin(), found->second.end());
    }
  }
  return members;
}

void compare(const Rooms& rooms, const Model& model) {
  std::map<Rooms::Slot, std::set<std::string>> by_slot;
  std::size_t live = 0;
  for (const auto& [name, members] : model) {
    RC_ASSERT(rooms.size(RoomKey::read(name)) == members.size());
    live += members.empty() ? 0 : 1;
    for (const Rooms::Slot slot : members) by_slot[slot].insert(name);
  }
  RC_ASSERT(rooms.rooms() == live);
  for (Rooms::Slot slot = 0; slot < kSlots; ++slot) {
    std::vector<std::string> names;
    for (const RoomKey& room : rooms.rooms_of(slot)) names.push_back(room.text());
    RC_ASSERT(names.size() == by_slot[slot].size());
    RC_ASSERT(std::set<std::string>(names.begin(), names.end()) == by_slot[slot]);
  }
}

TEST(RoomsProperty, BehaveAsSetsWhateverTheOrder) {
  EXPECT_TRUE(rc::check([] {
    Rooms rooms;
    Model model;
    for (const RoomMove& move : *moves()) {
      RC_ASSERT(play(rooms, move) == play(model, move));
      compare(rooms, model);
    }
  }));
}

TEST(RoomsProperty, TheMembersOfSeveralRoomsAreTheirUnion) {
  EXPECT_TRUE(rc::check([] {
    Rooms rooms;
    Model model;
    for (const RoomMove& move : *moves()) RC_ASSERT(play(rooms, move) == play(model, move));
    const auto names = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kRoomNames));
    const std::set<Rooms::Slot> expected = united(model, names);
    std::vector<Rooms::Slot> found;
    std::vector<RoomKey> keys;
    for (const std::string& name : names) keys.emplace_back(RoomKey::read(name));
    rooms.members(keys, found);
    std::sort(found.begin(), found.end());
    RC_ASSERT(found == std::vector<Rooms::Slot>(expected.begin(), expected.end()));
  }));
}

}  // namespace
}  // namespace rollcall::socketio
