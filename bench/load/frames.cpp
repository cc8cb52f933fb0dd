#include "load/frames.hpp"

#include <cstring>

namespace rollcall::load {
namespace {

constexpr unsigned char kFinal = 0x80, kReserved = 0x70, kOpcode = 0x0F, kMasked = 0x80;
constexpr unsigned char kKey[4] = {0x5A, 0xC3, 0x1E, 0x97};

std::uint64_t big_endian(const unsigned char* at, unsigned bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value = value << 8 | at[i];
  return value;
}

}  // namespace

Taken take_frame(std::string_view& bytes, ServerFrame& frame) {
  if (bytes.size() < 2) return Taken::more;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  if ((at[0] & kFinal) == 0 || (at[0] & kReserved) != 0 || (at[1] & kMasked) != 0) return Taken::broken;
  std::uint64_t size = at[1];
  std::size_t header = 2;
  if (size >= 126) {
    const unsigned extra = size == 126 ? 2 : 8;
    if (bytes.size() < 2 + extra) return Taken::more;
    size = big_endian(at + 2, extra);
    header += extra;
  }
  if (bytes.size() - header < size) return Taken::more;
  frame = {static_cast<Opcode>(at[0] & kOpcode), bytes.substr(header, size)};
  bytes.remove_prefix(header + size);
  return Taken::frame;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  out += static_cast<char>(kFinal | static_cast<unsigned char>(opcode));
  const std::uint64_t size = payload.size();
  const unsigned extra = size < 126 ? 0 : size < 65536 ? 2 : 8;
  out += static_cast<char>(kMasked | (extra == 0 ? size : extra == 2 ? 126U : 127U));
  for (unsigned i = extra; i > 0; --i) out += static_cast<char>(size >> (8 * (i - 1)) & 0xFF);
  out.append(reinterpret_cast<const char*>(kKey), sizeof kKey);
  const std::size_t start = out.size();
  out.append(payload);
  for (std::size_t i = 0; i < payload.size(); ++i) out[start + i] ^= static_cast<char>(kKey[i % 4]);
}

std::string client_frame(Opcode opcode, std::string_view payload) {
  std::string out;
  append_frame(out, opcode, payload);
  return out;
}

}  // namespace rollcall::load
