#include "http/line_buffer.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace rollcall::http {
namespace {

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

// Characters allowed in the middle of a line.
constexpr bool is_plain(char c) {
  return c != '\r' && c != '\n' && !is_control(c);
}

bool may_follow(char before, char c) {
  if (before == '\r' || c == '\n') return before == '\r' && c == '\n';
  if (before == '\n' && (c == ' ' || c == '\t')) return false;
  return c == '\r' || !is_control(c);
}

using Stride = std::uint64_t;

constexpr Stride in_each_byte(Stride byte) {
  return ~Stride{0} / 0xff * byte;
}

// Whether there is no byte below 0x20, tabs included, and none of 0x7f: eight at once, since heads are looked
// at byte by byte for every connection. A subtraction from a smaller byte borrows into its highest bit, which
// was not set.
bool all_printable(const char* text) {
  Stride bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  const Stride deletes = bytes ^ in_each_byte(0x7f);
  const Stride low = ((bytes - in_each_byte(0x20)) & ~bytes) | ((deletes - in_each_byte(1)) & ~deletes);
  return (low & in_each_byte(0x80)) == 0;
}

bool may_all_follow(char before, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (!may_follow(before, text[i])) return false;
    before = text[i++];
    if (!is_plain(before)) continue;
    while (text.size() - i >= sizeof(Stride) && all_printable(text.data() + i)) i += sizeof(Stride);
    while (i < text.size() && is_plain(text[i])) ++i;
    before = text[i - 1];
  }
  return true;
}

}  // namespace

Result<std::size_t, Fault> LineBuffer::take_line(std::string_view bytes) {
  if (bytes.empty()) return std::size_t{0};
  if (line_complete()) line_start_ = text_.size();
  const std::size_t line_bytes = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
  const std::string_view taken = bytes.substr(0, std::min(line_bytes, limit_bytes_ - text_.size()));
  if (!may_all_follow(text_.empty() ? '\0' : text_.back(), taken)) return fail(Fault::bad_request);
  if (taken.size() < line_bytes) return fail(Fault::header_too_big);
  // Checks all available lines at once: most heads arrive whole, in one read.
  if (text_.size() + taken.size() > text_.capacity()) {
    text_.reserve(std::min(text_.size() + bytes.size(), limit_bytes_));
  }
  text_.append(taken);
  return taken.size();
}

void LineBuffer::release() {
  std::string().swap(text_);
  line_start_ = 0;
}

}  // namespace rollcall::http
