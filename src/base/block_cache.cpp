#include "base/block_cache.hpp"

#include <sanitizer/asan_interface.h>

#include <array>
#include <new>
#include <type_traits>

namespace rollcall::base {
namespace {

struct Kept {
  Kept* next;
};

struct Shelf {
  Kept* first = nullptr;
  std::size_t count = 0;
};

// Must outlive every other thread_local, so it has no destructor; Closing frees the blocks.
struct Shelves {
  std::array<Shelf, BlockCache::kLargest / BlockCache::kStep> by_size;
  bool closed = false;
};
static_assert(std::is_trivially_destructible_v<Shelves>);
constinit thread_local Shelves shelves;

std::size_t size_index(std::size_t bytes) {
  return (bytes - 1) / BlockCache::kStep;
}

std::size_t size_of(std::size_t index) {
  return (index + 1) * BlockCache::kStep;
}

// AddressSanitizer treats a cached block as freed, except for its link: any other access is reported.
void hide(Kept* block, std::size_t index) {
  ASAN_POISON_MEMORY_REGION(block + 1, size_of(index) - sizeof *block);
}
void show(Kept* block, std::size_t index) {
  ASAN_UNPOISON_MEMORY_REGION(block + 1, size_of(index) - sizeof *block);
}

Kept* pop(Shelf& shelf, std::size_t index) {
  Kept* block = shelf.first;
  shelf.first = block->next;
  --shelf.count;
  show(block, index);
  return block;
}

struct Closing {
  ~Closing() {
    shelves.closed = true;
    for (std::size_t index = 0; index < shelves.by_size.size(); ++index) {
      while (shelves.by_size[index].first) ::operator delete(pop(shelves.by_size[index], index));
    }
  }
  void await() {}
};
thread_local Closing closing;

}  // namespace

void* BlockCache::take(std::size_t bytes) {
  if (bytes == 0 || bytes > kLargest) return ::operator new(bytes);
  const std::size_t index = size_index(bytes);
  Shelf& shelf = shelves.by_size[index];
  return shelf.first ? pop(shelf, index) : ::operator new(size_of(index));
}

void BlockCache::give(void* block, std::size_t bytes) noexcept {
  const bool small = bytes > 0 && bytes <= kLargest;
  if (!small || shelves.closed || shelves.by_size[size_index(bytes)].count == kMostKept) {
    ::operator delete(block);
    return;
  }
  const std::size_t index = size_index(bytes);
  Shelf& shelf = shelves.by_size[index];
  if (shelf.count == 0) closing.await();  // so that it is made, and will be destroyed
  shelf.first = new (block) Kept{shelf.first};
  ++shelf.count;
  hide(shelf.first, index);
}

std::size_t BlockCache::kept(std::size_t bytes) {
  return bytes == 0 || bytes > kLargest ? 0 : shelves.by_size[size_index(bytes)].count;
}

}  // namespace rollcall::base
