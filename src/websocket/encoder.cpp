#include "websocket/encoder.hpp"

#include <algorithm>
#include <limits>

#include "base/assert.hpp"
#include "base/utf8.hpp"

namespace rollcall::websocket {
namespace {

constexpr std::size_t kMaxReasonBytes = kMaxControlBytes - 2;

void put_big_endian(char* out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>(value >> 8 * (bytes - 1 - i) & 0xFF);
}

bool continues_a_character(char byte) {
  return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80;
}

std::string_view fit_reason(std::string_view reason) {
  if (!base::is_utf8(reason)) return {};
  if (reason.size() <= kMaxReasonBytes) return reason;
  std::size_t size = kMaxReasonBytes;
  while (continues_a_character(reason[size])) --size;
  return reason.substr(0, size);
}

}  // namespace

std::size_t encode_header(std::array<char, 10>& out, Opcode opcode, std::uint64_t payload_size) {
  ROLLCALL_ASSERT(payload_size <=
                  (is_control(opcode) ? kMaxControlBytes : std::numeric_limits<std::uint64_t>::max() >> 1));
  out[0] = static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
  if (payload_size < 126) {
    out[1] = static_cast<char>(payload_size);
    return 2;
  }
  if (payload_size <= 0xFFFF) {
    out[1] = 126;
    put_big_endian(&out[2], payload_size, 2);
    return 4;
  }
  out[1] = 127;
  put_big_endian(&out[2], payload_size, 8);
  return 10;
}

std::string encode(Opcode opcode, std::string_view payload) {
  std::array<char, 10> header;
  const std::size_t header_size = encode_header(header, opcode, payload.size());
  std::string frame;
  frame.reserve(header_size + payload.size());
  return frame.append(header.data(), header_size).append(payload);
}

std::string encode_close(std::uint16_t code, std::string_view reason) {
  if (code == kNoCloseCode) return encode(Opcode::close, {});
  ROLLCALL_ASSERT(is_close_code(code));
  std::string payload(2, '\0');
  put_big_endian(payload.data(), code, 2);
  return encode(Opcode::close, payload.append(fit_reason(reason)));
}

base::FrameRef make_frame(Opcode opcode, std::initializer_list<std::string_view> payload) {
  std::size_t payload_size = 0;
  for (const std::string_view part : payload) payload_size += part.size();
  ROLLCALL_ASSERT(payload_size <=
                  std::numeric_limits<std::uint32_t>::max());  // base::Frame counts in 32 bits
  std::array<char, 10> header;
  const std::size_t header_size = encode_header(header, opcode, payload_size);
  return base::Frame::make({header.data(), header_size}, payload, opcode == Opcode::binary);
}

}  // namespace rollcall::websocket
