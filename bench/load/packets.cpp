#include "load/packets.hpp"

#include <charconv>

namespace rollcall::load {
namespace {

constexpr std::string_view kOnline = "[\"user-online\"", kOffline = "[\"user-offline\"";

std::string prefix(char type, std::string_view nsp) {
  std::string out = {'4', type};
  if (nsp != "/") out.append(nsp).append(",");
  return out;
}

PacketKind kind_of(char type) {
  switch (type) {
    case '0':
      return PacketKind::joined;
    case '1':
      return PacketKind::left;
    case '2':
      return PacketKind::event;
    case '3':
      return PacketKind::ack;
    case '4':
      return PacketKind::connect_error;
    default:
      return PacketKind::other;
  }
}

// Where the value of `"key":` begins.
std::optional<std::string_view> value_of(std::string_view json, std::string_view key) {
  for (std::size_t at = json.find(key); at != std::string_view::npos; at = json.find(key, at + 1)) {
    const std::size_t end = at + key.size();
    if (at > 0 && json[at - 1] == '"' && json.substr(end, 2) == "\":") return json.substr(end + 2);
  }
  return std::nullopt;
}

}  // namespace

Packet read_packet(std::string_view text, std::string_view nsp) {
  if (text == "2") return {PacketKind::ping, {}};
  if (text.size() < 2) return {PacketKind::other, {}};
  if (text[0] == '0') return {PacketKind::open, text.substr(1)};
  if (text[0] != '4') return {PacketKind::other, {}};
  const PacketKind kind = kind_of(text[1]);
  std::string_view body = text.substr(2);
  if (nsp == "/") return body.starts_with('/') ? Packet{PacketKind::other, {}} : Packet{kind, body};
  if (!body.starts_with(nsp)) return {PacketKind::other, {}};
  body.remove_prefix(nsp.size());
  if (body.empty()) return {kind, body};
  if (body[0] != ',') return {PacketKind::other, {}};
  return {kind, body.substr(1)};
}

std::string connect_packet(std::string_view nsp, std::string_view token) {
  std::string out = prefix('0', nsp);
  if (!token.empty()) out.append("{\"token\":\"").append(token).append("\"}");
  return out;
}

std::string goodbye_packet(std::string_view nsp) {
  return prefix('1', nsp);
}

std::string event_packet(std::string_view nsp, std::optional<std::uint64_t> ack, std::string_view json) {
  std::string out = prefix('2', nsp);
  if (ack) out += std::to_string(*ack);
  return out.append(json);
}

std::optional<std::uint64_t> take_ack_id(std::string_view& body) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), id);
  if (error != std::errc()) return std::nullopt;
  body.remove_prefix(static_cast<std::size_t>(end - body.data()));
  return id;
}

std::string_view text_field(std::string_view json, std::string_view key) {
  const auto value = value_of(json, key);
  if (!value || !value->starts_with('"')) return {};
  const std::size_t end = value->find('"', 1);
  return end == std::string_view::npos ? std::string_view() : value->substr(1, end - 1);
}

std::optional<std::uint64_t> number_field(std::string_view json, std::string_view key) {
  auto value = value_of(json, key);
  return value ? take_ack_id(*value) : std::nullopt;
}

std::size_t count_of(std::string_view json, std::string_view needle) {
  std::size_t count = 0;
  for (std::size_t at = json.find(needle); at != std::string_view::npos;
       at = json.find(needle, at + needle.size())) {
    ++count;
  }
  return count;
}

std::optional<Change> read_change(std::string_view body) {
  const bool online = body.starts_with(kOnline);
  if (!online && !body.starts_with(kOffline)) return std::nullopt;
  return Change{online, text_field(body, "userId")};
}

bool is_aside(std::string_view body) {
  return body.starts_with("[\"presence-mode\"") || body.starts_with("[\"recovery-offset\"");
}

}  // namespace rollcall::load
