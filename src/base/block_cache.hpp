// A cache of small memory blocks for objects that are created and freed constantly, such as Frame. malloc
// caches only seven blocks of a size per thread; one turn of the loop needs hundreds.
//
// Each thread has its own cache. A block may be freed on another thread than the one that allocated it.
//
// Bounds: blocks of up to kLargest bytes, kMostKept of each of four sizes, at most 1.3 MB per thread. Larger
// blocks, and those beyond the bound, come from the heap and return to it.
#pragma once

#include <cstddef>

namespace rollcall::base {

class BlockCache {
 public:
  static constexpr std::size_t kStep = 128;
  static constexpr std::size_t kLargest = 4 * kStep;
  static constexpr std::size_t kMostKept = 1024;

  // Aligned like `operator new`. Throws std::bad_alloc.
  static void* take(std::size_t bytes);
  // `bytes` must be the size it was allocated with.
  static void give(void* block, std::size_t bytes) noexcept;
  // The number of cached blocks of this size on this thread.
  static std::size_t kept(std::size_t bytes);
};

}  // namespace rollcall::base
