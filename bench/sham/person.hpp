// What the people at the other end of the sham connections write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sham/host.hpp"

namespace rollcall::sham {

// A complete WebSocket upgrade, as socket.io-client sends it from Node.
std::string upgrade_request();
// Frames: CONNECT with a token, an event of the namespace, the answer to a ping, a goodbye.
std::string connect_frame(const std::string& token);
std::string event_frame(std::optional<std::uint64_t> ack, std::string_view json);
std::string pong_frame();
std::string goodbye_frame();

// `user` comes online; returns the connection. Takes two turns of the host.
int join(Host& host, const std::string& user);
// This many users, numbered from `first`; drops what they were sent.
std::vector<int> join_all(Host& host, std::size_t count, std::size_t first = 0);
// Drops what was sent so far. Returns the number of sends, to check that the benchmark measured what it
// claims.
std::size_t drop_output();
// A request whose answer is an acknowledgement: `["check-user-status",{"userId":"..."}]`.
std::string ask_json(std::string_view event, std::string_view data_json);
std::string user_name(std::size_t number);

}  // namespace rollcall::sham
