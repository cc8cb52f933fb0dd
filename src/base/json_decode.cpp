#include <cstdint>

#include "base/json_scan.hpp"

namespace rollcall::base {
namespace {

std::uint32_t hex_value(char c) {
  if (c <= '9') return static_cast<std::uint32_t>(c - '0');
  return static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
}

std::uint32_t unit_at(std::string_view raw, std::size_t at) {
  std::uint32_t unit = 0;
  for (std::size_t i = 0; i < 4; ++i) unit = unit << 4 | hex_value(raw[at + i]);
  return unit;
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code >= 0xD800 && code <= 0xDFFF) code = 0xFFFD;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// Decodes the `\u` escape whose digits begin at `at`; returns how many bytes of `raw` it consumed.
std::size_t append_unicode_escape(std::string& out, std::string_view raw, std::size_t at) {
  const std::uint32_t first = unit_at(raw, at);
  const bool pair = first >= 0xD800 && first <= 0xDBFF && raw.substr(at + 4, 2) == "\\u";
  if (pair) {
    const std::uint32_t second = unit_at(raw, at + 6);
    if (second >= 0xDC00 && second <= 0xDFFF) {
      append_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
      return 10;
    }
  }
  append_utf8(out, first);
  return 4;
}

}  // namespace

std::optional<std::string_view> plain_string(std::string_view raw) {
  if (raw.find('\\') != std::string_view::npos) return std::nullopt;
  return raw.substr(1, raw.size() - 2);
}

std::string decode_string(std::string_view raw) {
  if (const auto plain = plain_string(raw)) return std::string(*plain);
  const std::size_t end = raw.size() - 1;
  std::string out;
  for (std::size_t i = 1; i < end; ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    switch (const char c = raw[++i]; c) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        i += append_unicode_escape(out, raw, i + 1);
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace rollcall::base
