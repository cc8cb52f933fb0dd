// The slot of a key in a Redis Cluster: CRC-16/XMODEM of the key, or of its hash tag, modulo 16,384 ("Redis
// cluster specification", section "Hash tags").
#pragma once

#include <string_view>

namespace rollcall::cluster {

inline constexpr unsigned kSlots = 16384;

unsigned slot_of(std::string_view key);

}  // namespace rollcall::cluster
