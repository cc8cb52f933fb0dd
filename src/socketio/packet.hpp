// Socket.IO v5 packets as they come from a client (docs/protocol.md, "On the wire"), without the Engine.IO
// type digit: `<type>[<attachments>-][<namespace>,][<ack id>][JSON]`.
//
// Whatever breaks a rule closes the connection; Fault says which rule, for the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::socketio {

enum class PacketType : char {
  connect = '0',
  disconnect = '1',
  event = '2',
  ack = '3',
  connect_error = '4',
  binary_event = '5',
  binary_ack = '6',
};

enum class Fault : unsigned char {
  unknown_type,
  bad_attachment_count,
  bad_namespace,
  bad_ack_id,
  bad_json,
  bad_event_name,
  reserved_event_name,
  unexpected_payload,
  from_server_only,
  unexpected_binary,
  missing_binary,
  bad_placeholder,
  attachments_too_big,
  not_connected,
  already_connected,
  too_many_namespaces,
};
const char* describe(Fault fault);

inline constexpr std::uint32_t kMaxAttachments = 10;  // what current parsers take
inline constexpr std::size_t kMaxNamespaceBytes = 256;
inline constexpr std::uint64_t kMaxAckId = (std::uint64_t{1} << 53) - 1;  // exact in JavaScript

struct Packet {
  PacketType type = PacketType::event;
  std::string_view nsp = "/";
  std::optional<std::uint64_t> id;
  std::uint32_t attachments = 0;
  std::string_view json;  // empty if there is none
  std::string_view name;  // of an event: the first element, as it stands in the JSON
  std::string_view args;  // of an event or ack: the (other) elements, as they stand, comma-joined
};

// The views point into `text`. The JSON has been checked against the packet's type.
Result<Packet, Fault> parse_packet(std::string_view text);

}  // namespace rollcall::socketio
