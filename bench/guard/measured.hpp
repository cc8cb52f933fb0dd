// Tells callgrind what to count, and counts allocations. Without callgrind the marks cost nothing and do
// nothing.
#pragma once

#include <valgrind/callgrind.h>

#include <cstdint>

#include "allocations/allocations.hpp"

namespace rollcall::guard {

inline std::uint64_t allocated = 0;  // number of allocations while measuring

// Runs it `operations` times and counts that, after a few uncounted runs in which buffers grow and the
// allocator's caches fill.
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
