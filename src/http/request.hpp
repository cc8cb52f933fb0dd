// A request as it came, and reading queries and cookies.
//
// RequestParser makes requests and bounds them: whatever is in one has passed its limits. The functions
// take time and memory linear in their input. Plain values: not thread-safe, as any value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::http {

struct Header {
  std::string name;  // in lower case
  std::string value;

  bool operator==(const Header&) const = default;
};

struct Request {
  std::string method;
  std::string target;
  std::string path;   // the target before '?', as it came; without scheme and host, if it came with them
  std::string query;  // the target after '?', as it came
  std::vector<Header> headers;
  std::string body;
  bool keep_alive = false;
  bool expects_continue = false;  // the client waits for "100 Continue" before it sends a body we would take
  bool http_1_0 = false;

  // The first of that name.
  std::optional<std::string_view> header(std::string_view lower_name) const;

  bool operator==(const Request&) const = default;
};

// Percent-decoded, '+' is a space; an invalid escape stays as it is. The result can be any bytes.
// Of parameters of one name, the first counts.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);
std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view query);

// A segment of a path, percent-decoded; nothing if it has an invalid escape. The result can be any bytes.
std::optional<std::string> decode_segment(std::string_view segment);

// From the value of a Cookie header: the first cookie of that name, as it came but for the quotes around
// it. Names are case-sensitive (RFC 6265, section 5.4).
std::optional<std::string> cookie(std::string_view cookie_header, std::string_view name);

}  // namespace rollcall::http
