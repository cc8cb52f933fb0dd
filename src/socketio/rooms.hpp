// Who is in which room, for one namespace on one loop. Members are slots (small numbers).
//
// A room exists while it has members. Leaving costs O(rooms of the member) to find the place and O(1)
// to take it out. One membership costs 12 bytes, a room its name and some 100 bytes. Not thread-safe.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::socketio {

class Rooms {
 public:
  using Slot = std::uint32_t;

  bool join(Slot slot, std::string_view room);   // false: was in it
  bool leave(Slot slot, std::string_view room);  // false: was not
  void leave_all(Slot slot);

  std::vector<std::string> rooms_of(Slot slot) const;
  std::size_t size(std::string_view room) const;
  std::size_t rooms() const { return by_name_.size(); }

  // Appends the members of any of `rooms` that are in none of `except`, each once.
  void select(std::span<const std::string> rooms, std::span<const std::string> except,
              std::vector<Slot>& out) const;

 private:
  using RoomId = std::uint32_t;
  struct Room {
    std::string name;
    std::vector<Slot> members;
  };
  struct Membership {
    RoomId room;
    std::uint32_t index;  // into the room's members
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  const Room* find(std::string_view room) const;
  RoomId room_id(std::string_view room);
  Membership* membership(Slot slot, RoomId room);
  void remove(Slot slot, Membership membership);

  boost::unordered_flat_map<std::string_view, RoomId, Hash, std::equal_to<>> by_name_;  // keys: Room::name
  std::vector<std::unique_ptr<Room>> by_id_;
  std::vector<RoomId> free_ids_;
  std::vector<std::vector<Membership>> by_slot_;
};

}  // namespace rollcall::socketio
