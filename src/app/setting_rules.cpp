#include "app/setting_rules.hpp"

#include <algorithm>

#include "app/listen_address.hpp"
#include "jwt/algorithm.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t kMaxPathBytes = 256;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_printable_without(std::string_view text, std::string_view forbidden) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return c > ' ' && c <= '~' && forbidden.find(c) == std::string_view::npos;
  });
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_lower(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_origin_host(std::string_view text) {
  const bool lower = std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  // parse_listen knows what hosts look like; any port will do for that.
  return lower && parse_listen(std::string(text) + ":0").has_value();
}

bool is_default_port(std::string_view scheme, unsigned port) {
  return (scheme == "https" && port == 443) || (scheme == "http" && port == 80);
}

}  // namespace

bool is_request_path(std::string_view text) {
  return text.size() <= kMaxPathBytes && text.starts_with('/') && text.ends_with('/') &&
         is_printable_without(text, "?#\"\\<>^`{|}");
}

bool is_namespace(std::string_view text) {
  return text.size() <= kMaxPathBytes && text.starts_with('/') && is_printable_without(text, ",?");
}

bool is_origin(std::string_view text) {
  if (text == "*") return true;
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos || !is_scheme(text.substr(0, mark))) return false;
  const std::string_view scheme = text.substr(0, mark);
  const std::string_view rest = text.substr(mark + 3);
  const std::size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
  if (!has_port) return is_origin_host(rest);
  const auto port = parse_port(rest.substr(colon + 1));
  return port && *port > 0 && rest[colon + 1] != '0' && !is_default_port(scheme, *port) &&
         is_origin_host(rest.substr(0, colon));
}

bool is_algorithm(std::string_view text) {
  return jwt::parse_algorithm(text).has_value();
}

}  // namespace rollcall::app
