// Rooms by plain names, for tests: those of applications.
#pragma once

#include <string>
#include <vector>

#include "rollcall/room.hpp"

namespace rollcall::socketio::test {

inline std::vector<RoomKey> named(const std::vector<std::string>& names) {
  std::vector<RoomKey> rooms;
  for (const std::string& name : names) rooms.emplace_back(Room::application(name));
  return rooms;
}

}  // namespace rollcall::socketio::test
