#include "socketio/encode.hpp"

#include "base/json.hpp"

namespace rollcall::socketio {
namespace {

// Besides namespace, name and arguments: type, counts, an offset for recovery, brackets, commas.
constexpr std::size_t kPacketBytes = 96;

void append_begin(std::string& packet, char type, std::string_view nsp, std::size_t attachments) {
  packet += type;
  if (attachments > 0) packet.append(std::to_string(attachments)).append("-");
  if (nsp != "/") packet.append(nsp).append(",");
}

std::string encode(char type, std::string_view nsp, std::string_view json) {
  std::string packet;
  packet.reserve(kPacketBytes + nsp.size() + json.size());
  append_begin(packet, type, nsp, 0);
  packet += json;
  return packet;
}

}  // namespace

std::string encode_connect(std::string_view nsp, std::string_view json) {
  return encode('0', nsp, json);
}

std::string encode_connect_error(std::string_view nsp, std::string_view json) {
  return encode('4', nsp, json);
}

std::string encode_disconnect(std::string_view nsp) {
  return encode('1', nsp, {});
}

std::string encode_event(std::string_view nsp, std::optional<std::uint64_t> ack_id, std::string_view name,
                         std::string_view args_json, std::size_t attachments) {
  std::string packet;
  packet.reserve(kPacketBytes + nsp.size() + name.size() + args_json.size());
  append_begin(packet, attachments > 0 ? '5' : '2', nsp, attachments);
  if (ack_id) packet += std::to_string(*ack_id);
  packet += '[';
  base::json::append_string(packet, name);
  if (!args_json.empty()) packet.append(",").append(args_json);
  packet += ']';
  return packet;
}

void append_ack_begin(std::string& packet, std::string_view nsp, std::uint64_t id, std::size_t attachments) {
  append_begin(packet, attachments > 0 ? '6' : '3', nsp, attachments);
  packet.append(std::to_string(id)).append("[");
}

}  // namespace rollcall::socketio
