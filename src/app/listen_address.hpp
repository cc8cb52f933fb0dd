// HOST:PORT, or a comma-separated list, as in `server.listen` and --listen.
//
// Used by the configuration loader. Pure; thread-safe. Bounds: a host name of 253 bytes (RFC 1035).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::app {

struct ListenAddress {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without its brackets
  std::uint16_t port = 0;

  bool operator==(const ListenAddress&) const = default;
};

// "0.0.0.0:3000", "[::1]:3000", "localhost:3000". An IPv6 address needs its brackets.
std::optional<ListenAddress> parse_listen(std::string_view text);
// Comma-separated; at least one, without duplicates.
std::optional<std::vector<ListenAddress>> parse_listen_list(std::string_view text);
std::optional<std::uint16_t> parse_port(std::string_view text);
std::string to_text(const ListenAddress& address);
std::string to_text(const std::vector<ListenAddress>& addresses);

}  // namespace rollcall::app
