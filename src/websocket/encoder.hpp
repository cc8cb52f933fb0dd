// Makes the frames a WebSocket server sends: final, unmasked, one frame a message (RFC 6455, 5.2).
//
// Called by the engine's transport and when a connection is closed. The sizes are ours: a control
// frame of more than 125 bytes, or a close code that may not travel, is a bug and ends the process.
// Pure functions: safe on any thread (but a base::FrameRef stays on the thread that made it).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/frame.hpp"
#include "websocket/protocol.hpp"

namespace rollcall::websocket {

// Writes the header of a frame to the front of `out` and returns its size: 2, 4 or 10.
std::size_t encode_header(std::array<char, 10>& out, Opcode opcode, std::uint64_t payload_size);

std::string encode(Opcode opcode, std::string_view payload);

// The reason is cut to the 123 bytes there are, never inside a character, and left out if it is not
// UTF-8. kNoCloseCode makes the close frame without a code, so a peer's close can be echoed as it came.
std::string encode_close(std::uint16_t code, std::string_view reason);

// A frame to be queued on many connections; its payload is the parts, one after the other.
base::FrameRef make_frame(Opcode opcode, std::initializer_list<std::string_view> payload);

}  // namespace rollcall::websocket
