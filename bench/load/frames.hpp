// The client side of RFC 6455's framing, as little as the measured servers need.
//
// Servers send each message as one frame; one that fragments is reported as broken, not reassembled.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::load {

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct ServerFrame {
  Opcode opcode;
  std::string_view payload;  // points into the bytes it was taken from
};

enum class Taken { frame, more, broken };

// Takes one frame off the front of `bytes`. `more`: it is incomplete, and `bytes` is unchanged.
Taken take_frame(std::string_view& bytes, ServerFrame& frame);

// Appends a masked frame. The key is always the same: the server's work does not depend on it.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
std::string client_frame(Opcode opcode, std::string_view payload);

}  // namespace rollcall::load
