#include "socketio/encode.hpp"

#include "base/json.hpp"

namespace rollcall::socketio {
namespace {

std::string begin(char type, std::string_view nsp, std::size_t attachments) {
  std::string packet(1, type);
  if (attachments > 0) {
    packet += std::to_string(attachments);
    packet += '-';
  }
  if (nsp != "/") {
    packet += nsp;
    packet += ',';
  }
  return packet;
}

}  // namespace

std::string encode_connect(std::string_view nsp, std::string_view json) {
  return begin('0', nsp, 0).append(json);
}

std::string encode_connect_error(std::string_view nsp, std::string_view json) {
  return begin('4', nsp, 0).append(json);
}

std::string encode_disconnect(std::string_view nsp) {
  return begin('1', nsp, 0);
}

std::string encode_event(std::string_view nsp, std::optional<std::uint64_t> ack_id, std::string_view name,
                         std::string_view args_json, std::size_t attachments) {
  std::string packet = begin(attachments > 0 ? '5' : '2', nsp, attachments);
  if (ack_id) packet += std::to_string(*ack_id);
  packet += '[';
  base::json::append_string(packet, name);
  if (!args_json.empty()) packet.append(",").append(args_json);
  return packet += ']';
}

void append_offset(std::string& event_packet, std::string_view offset) {
  event_packet.back() = ',';  // it was the closing bracket
  event_packet.append("\"").append(offset).append("\"]");
}

std::string begin_ack(std::string_view nsp, std::uint64_t id, std::size_t attachments) {
  std::string packet = begin(attachments > 0 ? '6' : '3', nsp, attachments);
  return packet.append(std::to_string(id)).append("[");
}

}  // namespace rollcall::socketio
