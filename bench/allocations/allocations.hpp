// How much a program has allocated by `new`: who links this has operators `new` and `delete` that count. What
// C libraries allocate (cjose, OpenSSL) is not seen. For programs in which one thread allocates at a time.
#pragma once

#include <cstdint>

namespace rollcall::allocations {

// So far, in this program.
extern std::uint64_t count;
extern std::uint64_t bytes;

}  // namespace rollcall::allocations
