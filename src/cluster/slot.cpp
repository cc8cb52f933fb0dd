#include "cluster/slot.hpp"

#include <cstdint>

namespace rollcall::cluster {
namespace {

constexpr std::uint16_t kPolynomial = 0x1021;

std::uint16_t crc16(std::string_view text) {
  std::uint16_t crc = 0;
  for (const char byte : text) {
    crc = static_cast<std::uint16_t>(crc ^ static_cast<unsigned char>(byte) << 8);
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<std::uint16_t>(crc & 0x8000U ? crc << 1 ^ kPolynomial : crc << 1);
    }
  }
  return crc;
}

// What is between the first '{' and the next '}', unless that is nothing; then the whole key.
std::string_view hashed_part(std::string_view key) {
  const std::size_t open = key.find('{');
  if (open == std::string_view::npos) return key;
  const std::size_t close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

}  // namespace

unsigned slot_of(std::string_view key) {
  return crc16(hashed_part(key)) % kSlots;
}

}  // namespace rollcall::cluster
