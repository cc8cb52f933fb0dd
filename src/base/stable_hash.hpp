// A 64-bit hash of text that never changes: nodes of different versions and builds agree on it, unlike
// std::hash. FNV-1a, then MurmurHash3's finalizer, as FNV alone spreads short texts badly over the upper
// bits.
//
// Not keyed, so an attacker can choose texts that collide: use it to distribute load, not in hash tables.
#pragma once

#include <cstdint>
#include <string_view>

namespace rollcall::base {

constexpr std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char byte : text) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001B3U;
  }
  hash ^= hash >> 33;
  hash *= 0xFF51AFD7ED558CCDU;
  hash ^= hash >> 33;
  hash *= 0xC4CEB9FE1A85EC53U;
  hash ^= hash >> 33;
  return hash;
}

}  // namespace rollcall::base
