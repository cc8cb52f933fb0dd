// A message to many sockets of a namespace, encoded once: what workers hand to each other, and what the
// logs of Recovery keep.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/shared_mark.hpp"
#include "rollcall/room.hpp"

namespace rollcall::socketio {

// What a client that was away gets of a message.
enum class Keep : unsigned char {
  no,      // nothing: it can be asked for again, or is not worth it
  all,     // the message
  edge,    // messages of one subject are two states in turn: the newest, if it is not the state that it knows
  newest,  // of the messages of one subject the newest
};

struct Message {
  std::vector<RoomKey> rooms;   // none: everybody
  std::vector<RoomKey> except;  // nobody who is in one of these
  std::string packet;           // Socket.IO, text
  std::vector<std::string> attachments;
  Keep keep = Keep::all;
  bool is_volatile = false;  // dropped where the transport cannot take it now; goes with Keep::no
  std::string subject;       // of edge and newest
  // Both are set by Recovery::stamp: the place in the order, and the packet that tells receivers about it.
  std::uint64_t number = 0;
  std::string mark;
  // Above 0: somebody is in one of its rooms, or was when the connection broke. Workers that deliver it say
  // so.
  mutable base::SharedMark has_member;
};

// Immutable once shared, but for has_member: workers read it at the same time.
using MessageRef = std::shared_ptr<const Message>;

}  // namespace rollcall::socketio
