// The number of a user's record in the Directory: four bytes where a pointer takes eight.
#pragma once

#include <cstdint>

namespace rollcall::presence {

using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = UINT32_MAX;

}  // namespace rollcall::presence
