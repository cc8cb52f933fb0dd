// One connection of the bare loop, and the frames of both directions: as little of RFC 6455 as possible.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::floor {

constexpr std::uint32_t kNowhere = ~0U;

struct Connection {
  int fd = -1;
  bool upgraded = false;
  std::uint32_t index = 0, generation = 0;
  std::uint32_t listener = kNowhere;  // its index in the list of listeners
  std::uint32_t submit = 0;           // the last ring submission that has a send of it
  std::string in;                     // the start of an incomplete frame or request
  std::string out;                    // merging senders: what leaves at the end of the turn
  std::string late;                   // what the socket did not accept; sent before everything else
};

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct ClientFrame {
  Opcode opcode;
  std::span<char> payload;  // unmasked, in place
  std::size_t size;         // of the whole frame
};

// The frame at the front of `bytes`; absent if incomplete.
std::optional<ClientFrame> take_frame(std::span<char> bytes);

// Writes a server frame's header to the end of `out`, and returns it.
std::string_view header_of(Opcode opcode, std::size_t size, std::array<char, 10>& out);
std::string server_frame(Opcode opcode, std::string_view payload);

// The answer to an upgrade request; empty if it has no key.
std::string upgrade_answer(std::string_view request);

}  // namespace rollcall::floor
