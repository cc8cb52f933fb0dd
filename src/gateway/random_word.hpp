// 64 unpredictable random bits.
#pragma once

#include <cstdint>
#include <random>

namespace rollcall::gateway {

inline std::uint64_t random_word() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

}  // namespace rollcall::gateway
