// For tests: a WebSocket client's frames, written out byte by byte with none of the code under test,
// and a decoder fed in pieces. The tests of server write their frames with it too; no bounds of its own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "websocket/decoder.hpp"

namespace rollcall::websocket::test {

using namespace std::string_literals;

using Mask = std::array<std::uint8_t, 4>;
inline constexpr Mask kMask = {0x37, 0xFA, 0x21, 0x3D};

inline std::string masked(std::string_view payload, const Mask& mask) {
  std::string out;
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

// `first` is the whole first byte of the frame: FIN, the reserved bits and the opcode.
inline std::string client_frame(std::uint8_t first, std::string_view payload, const Mask& mask = kMask) {
  std::string out(1, static_cast<char>(first));
  const std::size_t size = payload.size();
  if (size < 126) {
    out += static_cast<char>(0x80 + size);
  } else if (size < 65536) {
    out += {'\xFE', static_cast<char>(size / 256), static_cast<char>(size % 256)};
  } else {
    out += '\xFF';
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>(std::uint64_t{size} >> shift & 0xFF);
  }
  for (const std::uint8_t byte : mask) out += static_cast<char>(byte);
  return out + masked(payload, mask);
}

inline std::string client_close(std::uint16_t code, std::string_view reason = "") {
  const std::string payload = {static_cast<char>(code / 256), static_cast<char>(code % 256)};
  return client_frame(0x88, payload + std::string(reason));
}

struct Received {
  Kind kind;
  std::string data;
  std::uint16_t close_code = 0;
  bool operator==(const Received&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Received& received) {
  constexpr std::array kNames = {"text", "binary", "ping", "pong", "close"};
  return out << kNames[static_cast<std::size_t>(received.kind)] << ' ' << received.close_code << ' '
             << testing::PrintToString(received.data);
}

struct Outcome {
  std::vector<Received> messages;
  std::optional<Fault> fault;
  bool operator==(const Outcome&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  out << testing::PrintToString(outcome.messages);
  return outcome.fault ? out << " fault " << static_cast<int>(*outcome.fault) : out;
}

inline constexpr std::size_t kMaxMessageBytes = 1'000'000;

// Gives one read's bytes to the decoder, from memory of exactly that size that is then gone.
inline void feed(Decoder& decoder, std::string_view bytes, Outcome& outcome) {
  const auto memory = std::make_unique<char[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), memory.get());
  std::span<char> input(memory.get(), bytes.size());
  while (!outcome.fault) {
    const auto result = decoder.next(input);
    if (!result.ok()) {
      outcome.fault = result.error();
    } else if (result->has_value()) {
      const Message& message = **result;
      outcome.messages.push_back({message.kind, std::string(message.data), message.close_code});
      continue;
    } else {
      break;
    }
  }
  EXPECT_TRUE(input.empty());
}

inline Outcome decode(std::string_view bytes, std::size_t max_message_bytes = kMaxMessageBytes) {
  Decoder decoder(max_message_bytes);
  Outcome outcome;
  feed(decoder, bytes, outcome);
  return outcome;
}

// The same bytes, read in pieces of `sizes` bytes (over and over; each at least 1).
inline Outcome decode_in_pieces(std::string_view bytes, const std::vector<std::size_t>& sizes,
                                std::size_t max_message_bytes = kMaxMessageBytes) {
  Decoder decoder(max_message_bytes);
  Outcome outcome;
  for (std::size_t i = 0; !bytes.empty() && !outcome.fault; ++i) {
    const std::string_view piece = bytes.substr(0, sizes[i % sizes.size()]);
    feed(decoder, piece, outcome);
    bytes.remove_prefix(piece.size());
  }
  return outcome;
}

}  // namespace rollcall::websocket::test
