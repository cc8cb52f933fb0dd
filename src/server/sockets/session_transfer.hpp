// A session on its way from the socket that its client lost to the one with which it came back, possibly on
// another worker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcall/room.hpp"
#include "socketio/parked_sessions.hpp"

namespace rollcall::server {

// What a client presents to resume its session. No offset: it never received one in that session.
struct RecoveryTicket {
  std::string pid;
  std::optional<std::string> offset;
};

struct SessionTransfer {
  std::string id;
  std::string pid;
  std::uint64_t floor = 0;
  std::uint64_t sent = 0;  // the number of the newest message that its client may have received
  std::uint8_t vain_replays = 0;
  std::vector<RoomKey> rooms;  // if it comes from another worker; otherwise still with the old slot
  socketio::ParkPlace from;    // the previous socket
  bool was_connected = false;  // the application must be told of that socket's end
};

}  // namespace rollcall::server
