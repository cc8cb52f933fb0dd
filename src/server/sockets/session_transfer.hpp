// A session on its way from the socket that its client has lost to the one with which it came back, maybe on
// another worker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcall/room.hpp"
#include "socketio/parked_sessions.hpp"

namespace rollcall::server {

// What a client shows to get its session back. No offset: it has got none in that session.
struct RecoveryTicket {
  std::string pid;
  std::optional<std::string> offset;
};

struct SessionTransfer {
  std::string id;
  std::string pid;
  std::uint64_t floor = 0;
  std::uint64_t sent = 0;  // the number of the newest message that its client may have got
  std::uint8_t vain_replays = 0;
  std::vector<RoomKey> rooms;  // if it comes from another worker; else they are still the old slot's
  socketio::ParkPlace from;    // the socket before
  bool was_connected = false;  // that socket's end is to be told to the application
};

}  // namespace rollcall::server
