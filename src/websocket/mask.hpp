// The masking of RFC 6455, section 5.3, for the decoder. A pure function: safe on any thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace rollcall::websocket {

// Unmasks `bytes` in place. `mask` has the four key bytes in their order in memory, the first of them
// due next; returns the mask for the bytes that follow.
inline std::uint32_t unmask(std::span<char> bytes, std::uint32_t mask) {
  const std::uint64_t wide = std::uint64_t{mask} << 32 | mask;
  char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= sizeof wide; left -= sizeof wide, at += sizeof wide) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word ^= wide;
    std::memcpy(at, &word, sizeof word);
  }
  char key[sizeof mask];
  std::memcpy(key, &mask, sizeof key);
  for (std::size_t i = 0; i < left; ++i) at[i] = static_cast<char>(at[i] ^ key[i % sizeof key]);

  const int used_bits = static_cast<int>(left % sizeof mask) * 8;
  return std::endian::native == std::endian::little ? std::rotr(mask, used_bits) : std::rotl(mask, used_bits);
}

}  // namespace rollcall::websocket
