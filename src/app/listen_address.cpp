#include "app/listen_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace rollcall::app {
namespace {

constexpr std::size_t kMaxHostBytes = 253;

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxHostBytes || text.front() == '-' || text.front() == '.') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

// "256.0.0.1" and "3000" are mistyped addresses, not names.
bool looks_like_ipv4(std::string_view text) {
  return text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return port;
}

std::optional<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    ListenAddress address{std::string(host.substr(1, host.size() - 2)), *port};
    return is_ipv6(address.host) ? std::optional(address) : std::nullopt;
  }
  ListenAddress address{std::string(host), *port};
  const bool good = looks_like_ipv4(host) ? is_ipv4(address.host) : is_host_name(host);
  return good ? std::optional(address) : std::nullopt;
}

std::optional<std::vector<ListenAddress>> parse_listen_list(std::string_view text) {
  std::vector<ListenAddress> all;
  for (;;) {
    const std::size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    const auto address = parse_listen(item);
    if (!address || std::find(all.begin(), all.end(), *address) != all.end()) return std::nullopt;
    all.push_back(*address);
    if (comma == std::string_view::npos) return all;
    text.remove_prefix(comma + 1);
  }
}

std::string to_text(const std::vector<ListenAddress>& addresses) {
  std::string text;
  for (const ListenAddress& address : addresses) text += (text.empty() ? "" : ",") + to_text(address);
  return text;
}

std::string to_text(const ListenAddress& address) {
  const bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace rollcall::app
