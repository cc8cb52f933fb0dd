// UTF-8 validation (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF), in one go or
// in pieces that may cut a character anywhere.
#pragma once

#include <cstdint>
#include <string_view>

namespace rollcall::base {

class Utf8Validator {
 public:
  // False once the bytes so far cannot be a prefix of valid UTF-8.
  bool feed(std::string_view bytes);
  // True if no character is left unfinished.
  bool complete() const { return needed_ == 0; }

 private:
  std::uint8_t needed_ = 0;    // continuation bytes still due
  std::uint8_t lower_ = 0x80;  // bounds of the next continuation byte
  std::uint8_t upper_ = 0xBF;
};

bool is_utf8(std::string_view bytes);

}  // namespace rollcall::base
