// The words of RFC 6455 that both directions share: opcodes (section 11.8) and close codes (7.4).
//
// Used by the decoder, the encoder and code that closes connections. Values only; safe on any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rollcall::websocket {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

constexpr bool is_control(Opcode opcode) {
  return static_cast<std::uint8_t>(opcode) >= 8;
}

// The most a control frame may carry, and so the most a peer can make us answer to a ping.
inline constexpr std::size_t kMaxControlBytes = 125;

// What a close frame without a code means. It never travels.
inline constexpr std::uint16_t kNoCloseCode = 1005;

// Whether `code` may stand in a close frame: the codes of RFC 6455 and of its registry that may
// travel, and the ranges left to libraries and applications.
constexpr bool is_close_code(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace rollcall::websocket
