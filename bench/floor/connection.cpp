#include "floor/connection.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace rollcall::floor {
namespace {

constexpr std::string_view kKeyField = "Sec-WebSocket-Key: ";
constexpr std::string_view kMagic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::uint64_t big_endian(const unsigned char* at, unsigned bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value = value << 8 | at[i];
  return value;
}

}  // namespace

std::optional<ClientFrame> take_frame(std::span<char> bytes) {
  if (bytes.size() < 6) return std::nullopt;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::uint64_t size = at[1] & 0x7F;
  std::size_t header = 2;
  if (size >= 126) {
    const unsigned extra = size == 126 ? 2 : 8;
    if (bytes.size() < 6 + extra) return std::nullopt;
    size = big_endian(at + 2, extra);
    header += extra;
  }
  if (bytes.size() - header - 4 < size) return std::nullopt;
  const std::array<char, 4> key = {bytes[header], bytes[header + 1], bytes[header + 2], bytes[header + 3]};
  const std::span<char> payload = bytes.subspan(header + 4, size);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] ^= key[i % 4];
  return ClientFrame{static_cast<Opcode>(at[0] & 0x0F), payload, header + 4 + size};
}

std::string_view header_of(Opcode opcode, std::size_t size, std::array<char, 10>& out) {
  const unsigned extra = size < 126 ? 0 : size < 65536 ? 2 : 8;
  char* front = out.data() + out.size() - 2 - extra;
  front[0] = static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  front[1] = static_cast<char>(extra == 0 ? size : extra == 2 ? 126U : 127U);
  for (unsigned i = 0; i < extra; ++i) front[2 + i] = static_cast<char>(size >> (8 * (extra - 1 - i)) & 0xFF);
  return {front, 2 + extra};
}

std::string server_frame(Opcode opcode, std::string_view payload) {
  std::array<char, 10> header;
  return std::string(header_of(opcode, payload.size(), header)).append(payload);
}

std::string upgrade_answer(std::string_view request) {
  const std::size_t at = request.find(kKeyField);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = request.substr(at + kKeyField.size());
  const std::string text = std::string(rest.substr(0, rest.find('\r'))).append(kMagic);
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  unsigned char accept[4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1];
  EVP_EncodeBlock(accept, digest, sizeof digest);
  return std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n") +
         "Sec-WebSocket-Accept: " + reinterpret_cast<const char*>(accept) + "\r\n\r\n";
}

}  // namespace rollcall::floor
