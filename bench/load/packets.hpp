// Engine.IO v4 and Socket.IO v5 packets for clients, without a JSON parser: the ids used here never need
// escapes, and a load generator that parses JSON would measure itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::load {

enum class PacketKind : std::uint8_t {
  open,           // 0{...}
  ping,           // 2
  joined,         // 40: the answer to CONNECT
  left,           // 41
  event,          // 42
  ack,            // 43
  connect_error,  // 44
  other
};

struct Packet {
  PacketKind kind;
  std::string_view body;  // what follows the namespace: [ack id]JSON
};

// Packets of other namespaces than `nsp` are `other`.
Packet read_packet(std::string_view text, std::string_view nsp);

std::string connect_packet(std::string_view nsp, std::string_view token);  // without a token: no payload
std::string goodbye_packet(std::string_view nsp);
std::string event_packet(std::string_view nsp, std::optional<std::uint64_t> ack, std::string_view json);

// Takes the digits off the front of `body`.
std::optional<std::uint64_t> take_ack_id(std::string_view& body);

// The text after `"<key>":"`, up to the next quote; empty if missing. Fields may have any order.
std::string_view text_field(std::string_view json, std::string_view key);
std::optional<std::uint64_t> number_field(std::string_view json, std::string_view key);
std::size_t count_of(std::string_view json, std::string_view needle);

struct Change {
  bool online;
  std::string_view user;
};

// The body of a user-online or user-offline event; absent for other events.
std::optional<Change> read_change(std::string_view body);
// Whether it is an event that every client gets and no load waits for: presence-mode, recovery-offset.
bool is_aside(std::string_view body);

}  // namespace rollcall::load
