// Says to callgrind what is to be counted, and counts what it allocates. Without callgrind the marks cost
// nothing and do nothing.
#pragma once

#include <valgrind/callgrind.h>

#include <cstdint>

#include "allocations/allocations.hpp"

namespace rollcall::guard {

inline std::uint64_t allocated = 0;  // times, in all that was measured

// Does it `operations` times and counts that, after a few times that are not counted: buffers grow, caches
// of the allocator fill.
template <typename Prepare, typename Operation>
void measured(unsigned operations, Prepare&& prepare, Operation&& operation) {
  constexpr unsigned kWarmup = 5;
  for (unsigned i = 0; i < kWarmup + operations; ++i) {
    prepare();
    const std::uint64_t before = allocations::count;
    if (i >= kWarmup) CALLGRIND_TOGGLE_COLLECT;
    operation();
    if (i >= kWarmup) CALLGRIND_TOGGLE_COLLECT;
    if (i >= kWarmup) allocated += allocations::count - before;
  }
}

}  // namespace rollcall::guard
