// Memory for what is made and freed all the time, in small blocks: those given back are kept for whoever asks
// next. Frame's; malloc keeps seven blocks of a size for a thread, and a turn's answers are hundreds.
//
// Each thread has blocks of its own. A block may be given back on another thread than the one that took it.
//
// Bounds: blocks of up to kLargest bytes, kMostKept of each of four sizes, 1.3 MB a thread at the most. What
// is larger or more comes from the heap and goes back to it.
#pragma once

#include <cstddef>

namespace rollcall::base {

class BlockCache {
 public:
  static constexpr std::size_t kStep = 128;
  static constexpr std::size_t kLargest = 4 * kStep;
  static constexpr std::size_t kMostKept = 1024;

  // As aligned as what `operator new` gives. Throws std::bad_alloc.
  static void* take(std::size_t bytes);
  // `bytes` must be what it was taken with.
  static void give(void* block, std::size_t bytes) noexcept;
  // Blocks that this thread keeps for that many bytes.
  static std::size_t kept(std::size_t bytes);
};

}  // namespace rollcall::base
