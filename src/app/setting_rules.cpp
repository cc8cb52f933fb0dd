#include "app/setting_rules.hpp"

#include <algorithm>

#include "app/listen_address.hpp"
#include "jwt/algorithm.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t kMaxPathBytes = 256;
constexpr std::size_t kMaxUrlBytes = 2048;

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
  // parse_listen knows what a host looks like; the port does not matter.
  return lower && parse_listen(std::string(text) + ":0").has_value();
}

bool is_default_port(std::string_view scheme, unsigned port) {
  return (scheme == "https" && port == 443) || (scheme == "http" && port == 80);
}

// HOST or HOST:PORT between "://" and the path.
std::string_view authority_of(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  return rest.substr(0, rest.find_first_of("/?"));
}

bool has_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  return colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
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
  if (text == "*" || text == "null") return true;
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

bool is_webhook_url(std::string_view text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) return false;
  if (text.size() > kMaxUrlBytes || !is_printable_without(text, "#\"\\<>^`{|}")) return false;
  const std::string_view authority = authority_of(text);
  if (!has_port(authority)) return parse_listen(std::string(authority) + ":0").has_value();
  const auto address = parse_listen(authority);
  return address && address->port > 0;
}

bool is_loopback_url(std::string_view url) {
  const std::string_view authority = authority_of(url);
  const auto address =
      parse_listen(has_port(authority) ? std::string(authority) : std::string(authority) + ":0");
  if (!address) return false;
  const std::string& host = address->host;
  const bool number = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host == "::1" || (number && host.starts_with("127."));
}

bool is_algorithm(std::string_view text) {
  return jwt::parse_algorithm(text).has_value();
}

}  // namespace rollcall::app
