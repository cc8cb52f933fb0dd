// Engine.IO v4 packets and the long-polling payload (protocol: "Packet encoding", "Payload encoding").
//
// A packet is `<type digit>[data]`. On WebSocket it is one text message, and a binary message is the
// bare bytes of a `message`. In a polling payload packets are joined by 0x1e, and a binary one is
// `b<base64>`. Pure functions; bounds are the caller's (maxPayload).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/frame.hpp"

namespace rollcall::engineio {

enum class PacketType : char {
  open = '0',
  close = '1',
  ping = '2',
  pong = '3',
  message = '4',
  upgrade = '5',
  noop = '6',
};

struct Packet {
  PacketType type;
  bool binary = false;
  std::string_view data;  // a view into what was parsed
};

// One text packet; nullopt for an empty one or an unknown type.
std::optional<Packet> parse_packet(std::string_view text);

// Reads the packets of a POST body one after the other.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view body) : rest_(body) {}

  bool at_end() const { return done_; }
  // How many bytes of the body are behind the packets read.
  std::size_t left() const { return rest_.size(); }
  // The next packet, or nullopt if it does not parse; an empty body is one empty, so faulty, packet.
  // The data of a binary packet is valid until the next call.
  std::optional<Packet> next();

 private:
  std::string_view rest_;
  std::string decoded_;
  bool done_ = false;
};

// The body of a polling response: the packets of `frames`, in order.
std::string encode_payload(std::span<const base::FrameRef> frames);

}  // namespace rollcall::engineio
