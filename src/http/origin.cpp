#include "http/origin.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace rollcall::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

struct HostPort {
  std::string_view host;                // without a trailing dot; an IPv6 address with its brackets
  std::optional<std::uint16_t> port{};  // if it is written
};

// Absent if it is not host[:port].
std::optional<HostPort> split(std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  std::size_t colon = text.rfind(':');
  if (bracket != std::string_view::npos && colon != std::string_view::npos && colon < bracket) {
    colon = std::string_view::npos;  // within an IPv6 address
  }
  HostPort parts{text.substr(0, colon)};
  if (parts.host.ends_with('.')) parts.host.remove_suffix(1);
  if (parts.host.empty() || parts.host.find_first_of("/@?# ") != std::string_view::npos) return std::nullopt;
  if (colon == std::string_view::npos || colon + 1 == text.size()) return parts;  // "name:" has none
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  parts.port = port;
  return parts;
}

struct Origin {
  std::string_view scheme;
  HostPort at;
};

std::optional<Origin> parse(std::string_view text) {
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos || mark == 0) return std::nullopt;
  const auto at = split(text.substr(mark + 3));
  if (!at) return std::nullopt;
  return Origin{text.substr(0, mark), *at};
}

// 0: the scheme has none that we know.
std::uint16_t default_port(std::string_view scheme) {
  if (equal_ignoring_case(scheme, "https") || equal_ignoring_case(scheme, "wss")) return 443;
  if (equal_ignoring_case(scheme, "http") || equal_ignoring_case(scheme, "ws")) return 80;
  return 0;
}

}  // namespace

bool same_origin(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto first = parse(a);
  const auto second = parse(b);
  if (!first || !second || !equal_ignoring_case(first->scheme, second->scheme)) return false;
  const std::uint16_t usual = default_port(first->scheme);
  return equal_ignoring_case(first->at.host, second->at.host) &&
         first->at.port.value_or(usual) == second->at.port.value_or(usual);
}

bool origin_is_host(std::string_view origin, std::string_view host) {
  const auto page = parse(origin);
  const auto site = split(host);
  if (!page || !site) return false;
  const std::uint16_t usual = default_port(page->scheme);
  if (usual == 0) return false;  // no page of ours, nor of anyone that Host could name
  return equal_ignoring_case(page->at.host, site->host) &&
         page->at.port.value_or(usual) == site->port.value_or(usual);
}

}  // namespace rollcall::http
