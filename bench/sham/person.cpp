#include "sham/person.hpp"

#include "load/frames.hpp"
#include "load/packets.hpp"
#include "sham/kernel.hpp"

namespace rollcall::sham {

std::string upgrade_request() {
  return "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
         "Host: localhost:3000\r\n"
         "Sec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Connection: Upgrade\r\n"
         "Upgrade: websocket\r\n"
         "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
}

std::string connect_frame(const std::string& token) {
  return load::client_frame(load::Opcode::text, load::connect_packet(kNamespace, token));
}
std::string event_frame(std::optional<std::uint64_t> ack, std::string_view json) {
  return load::client_frame(load::Opcode::text, load::event_packet(kNamespace, ack, json));
}
std::string pong_frame() {
  return load::client_frame(load::Opcode::text, "3");
}
std::string goodbye_frame() {
  return load::client_frame(load::Opcode::text, load::goodbye_packet(kNamespace));
}

int join(Host& host, const std::string& user) {
  Kernel& kernel = Kernel::get();
  const int descriptor = kernel.dial();
  kernel.write(descriptor, upgrade_request());
  host.settle();
  kernel.write(descriptor, connect_frame(token_of(user)));
  host.settle();
  return descriptor;
}

std::size_t drop_output() {
  std::size_t sends = 0;
  Kernel::get().take_sent([&](int, std::string_view) { ++sends; });
  return sends;
}

std::vector<int> join_all(Host& host, std::size_t count, std::size_t first) {
  std::vector<int> joined;
  for (std::size_t i = 0; i < count; ++i) {
    joined.push_back(join(host, user_name(first + i)));
    drop_output();
  }
  return joined;
}

std::string ask_json(std::string_view event, std::string_view data_json) {
  return "[\"" + std::string(event) + "\"," + std::string(data_json) + "]";
}

// As long as a UUID, like most ids.
std::string user_name(std::size_t number) {
  std::string digits = std::to_string(number);
  return "5f0c1d8e-7a41-4b5e-9d3a-" + std::string(12 - digits.size(), '0') + digits;
}

}  // namespace rollcall::sham
