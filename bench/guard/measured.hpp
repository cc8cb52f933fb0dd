// Says to callgrind what is to be counted. Without callgrind the marks cost nothing and do nothing.
#pragma once

#include <valgrind/callgrind.h>

namespace rollcall::guard {

// Does it `operations` times and counts that, after a few times that are not counted: buffers grow, caches
// of the allocator fill.
template <typename Prepare, typename Operation>
void measured(unsigned operations, Prepare&& prepare, Operation&& operation) {
  constexpr unsigned kWarmup = 5;
  for (unsigned i = 0; i < kWarmup + operations; ++i) {
    prepare();
    if (i >= kWarmup) CALLGRIND_TOGGLE_COLLECT;
    operation();
    if (i >= kWarmup) CALLGRIND_TOGGLE_COLLECT;
  }
}

}  // namespace rollcall::guard
