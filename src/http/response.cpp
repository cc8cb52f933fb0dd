#include "http/response.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rollcall::http {
namespace {

using Reason = std::pair<unsigned, std::string_view>;
constexpr std::array kReasons{
    Reason{100, "Continue"},
    Reason{101, "Switching Protocols"},
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{206, "Partial Content"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{307, "Temporary Redirect"},
    Reason{308, "Permanent Redirect"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{406, "Not Acceptable"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{410, "Gone"},
    Reason{411, "Length Required"},
    Reason{412, "Precondition Failed"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{415, "Unsupported Media Type"},
    Reason{417, "Expectation Failed"},
    Reason{422, "Unprocessable Content"},
    Reason{426, "Upgrade Required"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
    Reason{505, "HTTP Version Not Supported"},
};

constexpr std::size_t kHeadBytes = 256;  // a guess that spares most heads a second allocation

bool is_informational(unsigned status) {
  return status < 200;
}

bool is_token_character(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_character);
}

bool is_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool same_name(std::string_view name, std::string_view lower_name) {
  return std::equal(name.begin(), name.end(), lower_name.begin(), lower_name.end(),
                    [](char c, char expected) {
                      return (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == expected;
                    });
}

bool is_framing(std::string_view name, unsigned status) {
  if (same_name(name, "connection")) return !is_informational(status);
  return same_name(name, "content-length") || same_name(name, "transfer-encoding");
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  if (!is_name(name) || !is_value(value)) return;
  head.append(name).append(": ").append(value).append("\r\n");
}

// Up to the empty line, without it.
std::string begin_head(unsigned status, std::size_t reserve) {
  std::string bytes;
  bytes.reserve(kHeadBytes + reserve);
  bytes.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
  return bytes.append(reason_of(status)).append("\r\n");
}

void append_headers(std::string& bytes, const Response& response, bool keep_alive) {
  if (!is_informational(response.status)) {
    append_field(bytes, "connection", keep_alive && !response.close ? "keep-alive" : "close");
  }
  for (const Header& field : response.headers) {
    if (!is_framing(field.name, response.status)) append_field(bytes, field.name, field.value);
  }
  bytes.append("\r\n");
}

void append_content_type(std::string& bytes, const Response& response) {
  if (!response.content_type.empty()) append_field(bytes, "content-type", response.content_type);
}

}  // namespace

bool has_no_body(unsigned status) {
  return is_informational(status) || status == 204 || status == 304;
}

std::string_view reason_of(unsigned status) {
  const auto found = std::find_if(kReasons.begin(), kReasons.end(),
                                  [&](const Reason& reason) { return reason.first == status; });
  return found == kReasons.end() ? std::string_view{} : found->second;
}

std::string serialize(const Response& response, bool keep_alive, bool head_request) {
  const bool no_body = has_no_body(response.status);
  std::string bytes = begin_head(response.status, no_body || head_request ? 0 : response.body.size());
  if (!no_body) {
    append_content_type(bytes, response);
    append_field(bytes, "content-length", std::to_string(response.body.size()));
  }
  append_headers(bytes, response, keep_alive);
  if (!no_body && !head_request) bytes.append(response.body);
  return bytes;
}

std::string serialize_stream(const Response& response, bool keep_alive, bool chunked) {
  std::string bytes = begin_head(response.status, 0);
  append_content_type(bytes, response);
  if (chunked) append_field(bytes, "transfer-encoding", "chunked");
  append_headers(bytes, response, keep_alive);
  return bytes;
}

std::string chunk_begin(std::size_t bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (; bytes > 0; bytes /= 16) digits.insert(digits.begin(), kDigits[bytes % 16]);
  return digits += "\r\n";
}

}  // namespace rollcall::http
