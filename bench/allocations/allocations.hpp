// Counts allocations by `new`: linking this replaces operators `new` and `delete`. Does not see allocations
// by C libraries (cjose, OpenSSL). For programs in which one thread allocates at a time.
#pragma once

#include <cstdint>

namespace rollcall::allocations {

// Totals of this program so far.
extern std::uint64_t count;
extern std::uint64_t bytes;

}  // namespace rollcall::allocations
