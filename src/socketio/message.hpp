// A message to many sockets of a namespace, encoded once: what workers hand to each other, and what the
// log of Recovery keeps.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rollcall/room.hpp"

namespace rollcall::socketio {

struct Message {
  std::vector<RoomKey> rooms;   // none: everybody
  std::vector<RoomKey> except;  // nobody who is in one of these
  std::string packet;           // Socket.IO, text
  std::vector<std::string> attachments;
};

// Immutable once shared: workers read it at the same time.
using MessageRef = std::shared_ptr<const Message>;

}  // namespace rollcall::socketio
