// Socket.IO v5 packets for clients, without the Engine.IO type digit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::socketio {

std::string encode_connect(std::string_view nsp, std::string_view json);
std::string encode_connect_error(std::string_view nsp, std::string_view json);
std::string encode_disconnect(std::string_view nsp);
// `args_json`: raw JSON values, comma-joined, or nothing.
std::string encode_event(std::string_view nsp, std::optional<std::uint64_t> ack_id, std::string_view name,
                         std::string_view args_json, std::size_t attachments);
// An acknowledgement is this, its arguments (raw JSON values, comma-joined), and kAckEnd: they may be long.
void append_ack_begin(std::string& packet, std::string_view nsp, std::uint64_t id, std::size_t attachments);
inline constexpr std::string_view kAckEnd = "]";

}  // namespace rollcall::socketio
