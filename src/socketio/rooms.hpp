// Who is in which room, for one namespace on one loop. Members are slots (small numbers). Used by
// server::NamespaceImpl.
//
// A room exists while it has members. Taking a member out of a room is O(1) once its place is known:
// leave_all() knows all of them; join() and leave() look for it among the rooms of the member or the
// members of the room, whichever are fewer. A room with one member costs some 40 bytes and its name; a
// membership more, 16. Names and numbers are bounded by the application. Not thread-safe.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/compact_text.hpp"
#include "base/small_list.hpp"
#include "rollcall/room.hpp"

namespace rollcall::socketio {

class Rooms {
 public:
  using Slot = std::uint32_t;

  Rooms() : by_name_(0, Hash{&by_id_}, Equal{&by_id_}) {}
  Rooms(const Rooms&) = delete;  // the index looks into the object
  Rooms& operator=(const Rooms&) = delete;

  bool join(Slot slot, Room room);   // false: was in it
  bool leave(Slot slot, Room room);  // false: was not
  void leave_all(Slot slot);

  // What one member is in, another is in now: no name is copied if that was in none.
  void move(Slot from, Slot to);

  bool contains(Slot slot, Room room) const;
  std::vector<RoomKey> rooms_of(Slot slot) const;
  // Calls `use(Room)` for each room of the member; it must not join or leave.
  template <typename Use>
  void each_room(Slot slot, Use&& use) const {
    if (slot >= by_slot_.size()) return;
    for (const Membership& membership : by_slot_[slot]) use(by_id_[membership.room].room());
  }
  template <typename Use>
  void each_member(Room room, Use&& use) const {
    const Place* found = find(room);
    if (!found) return;
    for (const Member& member : found->members) use(member.slot);
  }
  // Roughly the memory freed if the member left all rooms; rooms with other members stay.
  std::size_t bytes_of(Slot slot) const;
  std::size_t size(Room room) const;
  std::size_t rooms() const { return by_name_.size(); }
  // That there is memory for: at most four times the rooms, once a peak is over.
  std::size_t places() const { return by_id_.size(); }

  // Sets `out` to the members of any of `rooms`, each once, in no particular order.
  void members(std::span<const RoomKey> rooms, std::vector<Slot>& out) const;

 private:
  using RoomId = std::uint32_t;
  // Both ends of a membership know the place of the other, so that either can be moved.
  struct Member {
    Slot slot;
    std::uint32_t place;  // in the member's list of rooms
  };
  struct Membership {
    RoomId room;
    std::uint32_t place;  // in the room's list of members
  };
  struct Place {
    base::CompactText key;  // as RoomKey's text
    base::SmallList<Member> members;

    Room room() const { return RoomKey::read(key.view()); }
  };
  // Most sockets are in one room.
  using Memberships = base::SmallList<Membership>;

  // The index holds ids, and finds the names (of which there is one copy) by them.
  struct Hash {
    using is_transparent = void;
    const std::deque<Place>* by_id;
    std::size_t operator()(Room room) const {
      return std::hash<std::string_view>{}(room.name) + static_cast<unsigned char>(room.kind);
    }
    std::size_t operator()(RoomId id) const { return (*this)((*by_id)[id].room()); }
  };
  struct Equal {
    using is_transparent = void;
    const std::deque<Place>* by_id;
    bool operator()(RoomId a, RoomId b) const { return a == b; }
    bool operator()(Room room, RoomId id) const { return room == (*by_id)[id].room(); }
    bool operator()(RoomId id, Room room) const { return (*this)(room, id); }
  };

  const Place* find(Room room) const;
  RoomId add_room(Room room);
  const Membership* find_membership(Slot slot, RoomId room) const;
  void remove(Slot slot, std::uint32_t place);
  // True if it was the room's last member.
  bool remove_from_room(Membership gone);
  void close_up(std::size_t rooms_gone);
  void drop_last_place();
  RoomId take_free_id();

  std::deque<Place> by_id_;
  std::vector<RoomId> free_ids_;  // every free one that by_id_ has, and some that it has no more
  boost::unordered_flat_set<RoomId, Hash, Equal> by_name_;
  std::vector<Memberships> by_slot_;
};

}  // namespace rollcall::socketio
