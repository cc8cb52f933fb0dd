#include "cluster/bytes.hpp"

#include "base/utf8.hpp"

namespace rollcall::cluster {

std::uint8_t Bytes::byte() {
  const std::string_view one = take(1);
  return one.empty() ? 0 : static_cast<std::uint8_t>(one.front());
}

std::uint64_t Bytes::varint() {
  constexpr unsigned kLastShift = 63;  // the tenth byte has one bit left
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const std::uint8_t next = byte();
    const bool overlong = shift > 0 && next == 0;
    if (failed_ || overlong || (shift == kLastShift && next > 1)) {
      fail();
      return 0;
    }
    value |= std::uint64_t{next & 0x7FU} << shift;
    if (next < 0x80) return value;
  }
}

std::uint64_t Bytes::varint(std::uint64_t most) {
  const std::uint64_t value = varint();
  if (value <= most) return value;
  fail();
  return 0;
}

std::uint64_t Bytes::word() {
  std::uint64_t value = 0;
  for (const char byte : take(8)) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

std::string_view Bytes::take(std::uint64_t size) {
  if (failed_ || size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::string_view Bytes::block(std::size_t most) {
  return take(varint(most));
}

std::string_view Bytes::text(std::size_t most) {
  const std::string_view taken = block(most);
  if (!base::is_utf8(taken)) fail();
  return taken;
}

}  // namespace rollcall::cluster
