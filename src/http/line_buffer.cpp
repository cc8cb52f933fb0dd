#include "http/line_buffer.hpp"

namespace rollcall::http {
namespace {

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

bool may_follow(char before, char c) {
  if (before == '\r' || c == '\n') return before == '\r' && c == '\n';
  if (before == '\n' && (c == ' ' || c == '\t')) return false;
  return c == '\r' || !is_control(c);
}

}  // namespace

Result<std::size_t, Fault> LineBuffer::take_line(std::string_view bytes) {
  if (bytes.empty()) return std::size_t{0};
  if (line_complete()) line_start_ = text_.size();
  char before = text_.empty() ? '\0' : text_.back();
  std::size_t used = 0;
  while (used < bytes.size()) {
    const char c = bytes[used];
    if (text_.size() + used == limit_bytes_) return fail(Fault::header_too_big);
    if (!may_follow(before, c)) return fail(Fault::bad_request);
    ++used;
    if (c == '\n') break;
    before = c;
  }
  text_.append(bytes.substr(0, used));
  return used;
}

void LineBuffer::release() {
  std::string().swap(text_);
  line_start_ = 0;
}

}  // namespace rollcall::http
