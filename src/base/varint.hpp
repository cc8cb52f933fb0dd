// Varint encoding of numbers and length-prefixed texts in a string: seven bits a byte, lowest first. Nearly
// all lengths are below 128 and take one byte. For memory only: reads trust that the data was written by
// these functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::base {

inline void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

inline void append_text(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out += text;
}

// Both consume from the front of `rest`.
inline std::uint64_t take_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  unsigned char byte = 0;
  unsigned shift = 0;
  do {
    byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    shift += 7;
  } while (byte & 0x80U);
  return value;
}

inline std::string_view take_text(std::string_view& rest) {
  const std::uint64_t size = take_varint(rest);
  const std::string_view text = rest.substr(0, size);
  rest.remove_prefix(size);
  return text;
}

}  // namespace rollcall::base
