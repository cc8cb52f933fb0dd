#include "socketio/packet.hpp"

#include "base/json_scan.hpp"
#include "base/reserved_events.hpp"
#include "socketio/placeholders.hpp"

namespace rollcall::socketio {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the digits at the front of `text`. False if their value passes `max`.
bool take_number(std::string_view& text, std::uint64_t max, std::uint64_t& value) {
  value = 0;
  while (!text.empty() && is_digit(text[0])) {
    const auto digit = static_cast<std::uint64_t>(text[0] - '0');
    if (value > (max - digit) / 10) return false;
    value = value * 10 + digit;
    text.remove_prefix(1);
  }
  return true;
}

bool take_attachments(std::string_view& rest, Packet& packet) {
  if (rest.empty() || !is_digit(rest[0])) return false;
  std::uint64_t count = 0;
  if (!take_number(rest, kMaxAttachments, count) || count == 0) return false;
  if (rest.empty() || rest[0] != '-') return false;
  rest.remove_prefix(1);
  packet.attachments = static_cast<std::uint32_t>(count);
  return true;
}

bool take_namespace(std::string_view& rest, Packet& packet) {
  if (rest.empty() || rest[0] != '/') return true;
  const std::size_t comma = rest.find(',');
  packet.nsp = rest.substr(0, comma);
  rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  return packet.nsp.size() <= kMaxNamespaceBytes;
}

bool is_event(PacketType type) {
  return type == PacketType::event || type == PacketType::binary_event;
}
bool is_binary(PacketType type) {
  return type == PacketType::binary_event || type == PacketType::binary_ack;
}

std::optional<Fault> check_event_name(std::string_view raw) {
  if (raw[0] == '-' || is_digit(raw[0])) return std::nullopt;
  if (raw[0] != '"') return Fault::bad_event_name;
  const auto plain = base::plain_string(raw);
  const bool reserved = base::is_reserved_event(plain ? *plain : base::decode_string(raw));
  return reserved ? std::optional(Fault::reserved_event_name) : std::nullopt;
}

std::optional<Fault> take_array(Packet& packet) {
  const auto array = base::split_array(packet.json);
  if (!array) return Fault::bad_json;
  packet.args = array->all;
  if (is_event(packet.type)) {
    if (array->first.empty()) return Fault::bad_event_name;
    if (const auto fault = check_event_name(array->first)) return fault;
    packet.name = array->first;
    packet.args = array->rest;
  }
  if (is_binary(packet.type) && !placeholders_fit(packet.json, packet.attachments))
    return Fault::bad_placeholder;
  return std::nullopt;
}

std::optional<Fault> take_json(std::string_view rest, Packet& packet) {
  packet.json = rest;
  switch (packet.type) {
    case PacketType::connect:
      return rest.empty() || base::scan_object(rest) ? std::nullopt : std::optional(Fault::bad_json);
    case PacketType::disconnect:
      return rest.empty() ? std::nullopt : std::optional(Fault::unexpected_payload);
    case PacketType::connect_error:
      return Fault::from_server_only;
    default:
      break;
  }
  // Without JSON a packet passes, and names no event (as the reference parser has it).
  if (rest.empty()) return is_binary(packet.type) ? std::optional(Fault::bad_json) : std::nullopt;
  return take_array(packet);
}

}  // namespace

const char* describe(Fault fault) {
  switch (fault) {
    case Fault::unknown_type:
      return "unknown packet type";
    case Fault::bad_attachment_count:
      return "bad attachment count";
    case Fault::bad_namespace:
      return "namespace too long";
    case Fault::bad_ack_id:
      return "acknowledgement id too large";
    case Fault::bad_json:
      return "payload is not the JSON this packet takes";
    case Fault::bad_event_name:
      return "event name is not a string";
    case Fault::reserved_event_name:
      return "event name is reserved";
    case Fault::unexpected_payload:
      return "unexpected payload";
    case Fault::from_server_only:
      return "packet type is the server's alone";
    case Fault::unexpected_binary:
      return "binary message without a packet that announces it";
    case Fault::missing_binary:
      return "text message while attachments are due";
    case Fault::bad_placeholder:
      return "placeholder names no attachment";
    case Fault::attachments_too_big:
      return "attachments too big";
    case Fault::not_connected:
      return "namespace is not connected";
    case Fault::already_connected:
      return "namespace is connected already";
    case Fault::too_many_namespaces:
      return "too many namespaces";
  }
  return "fault";
}

Result<Packet, Fault> parse_packet(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '6') return fail(Fault::unknown_type);
  Packet packet;
  packet.type = static_cast<PacketType>(text[0]);
  std::string_view rest = text.substr(1);
  if (is_binary(packet.type) && !take_attachments(rest, packet)) return fail(Fault::bad_attachment_count);
  if (!take_namespace(rest, packet)) return fail(Fault::bad_namespace);
  if (!rest.empty() && is_digit(rest[0])) {
    std::uint64_t id = 0;
    if (!take_number(rest, kMaxAckId, id)) return fail(Fault::bad_ack_id);
    packet.id = id;
  }
  if (const auto fault = take_json(rest, packet)) return fail(*fault);
  return packet;
}

}  // namespace rollcall::socketio
