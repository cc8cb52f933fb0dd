// What the people at the other end of the sham kernel's connections write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sham/host.hpp"

namespace rollcall::sham {

// The whole of a WebSocket upgrade, as socket.io-client sends it from Node.
std::string upgrade_request();
// Frames: CONNECT with a token, an event of the namespace, the answer to a ping, a goodbye.
std::string connect_frame(const std::string& token);
std::string event_frame(std::optional<std::uint64_t> ack, std::string_view json);
std::string pong_frame();
std::string goodbye_frame();

// `user` comes online; returns the connection. Takes two turns of the host's.
int join(Host& host, const std::string& user);
// So many users with the numbers from `first` on; what they were sent is dropped.
std::vector<int> join_all(Host& host, std::size_t count, std::size_t first = 0);
// What was sent so far is dropped. Returns how many sends it were: whether what was measured was what it is
// named for.
std::size_t drop_output();
// A request whose answer is an acknowledgement: `["check-user-status",{"userId":"..."}]`.
std::string ask_json(std::string_view event, std::string_view data_json);
std::string user_name(std::size_t number);

}  // namespace rollcall::sham
