// The lines of a head, or of the framing of a chunk, collected until there are enough to parse.
//
// Used by RequestParser only. Bytes that no line of HTTP may contain are refused immediately, so the outcome
// does not depend on how the input was split: control characters, CR or LF alone, and a line that begins
// with white space (obs-fold, RFC 9112, section 5.2). At most `limit_bytes` in all, and memory grows with
// the input. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/fault.hpp"
#include "rollcall/result.hpp"

namespace rollcall::http {

class LineBuffer {
 public:
  explicit LineBuffer(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // Takes bytes up to the end of a line and returns how many. The faults are bad_request and
  // header_too_big.
  Result<std::size_t, Fault> take_line(std::string_view bytes);

  bool line_complete() const { return text_.ends_with('\n'); }
  bool last_line_empty() const { return line_complete() && text_.size() - line_start_ == 2; }
  std::string_view text() const { return text_; }
  void release();
  std::size_t capacity() const { return text_.capacity(); }

 private:
  std::string text_;
  std::size_t line_start_ = 0;  // of the current line; of the last one if that is complete
  std::size_t limit_bytes_;
};

}  // namespace rollcall::http
