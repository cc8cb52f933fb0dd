// Shrinks containers that a peak has left nearly empty, as the standard ones only ever
// grow.
//
// To be called after an erase. O(1) amortised: below an eighth of its capacity a container is shrunk to twice
// its size. The longest pause is a fraction of the pause of growing to the
// peak.
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace rollcall::base {

inline constexpr std::size_t kNotWorthShrinking = 512;  // in elements

// A hash table of Boost's. Invalidates its iterators.
template <typename Table>
void shrink_table(Table& table) {
  if (table.bucket_count() > kNotWorthShrinking && table.size() < table.bucket_count() / 8) {
    table.rehash(2 * table.size());
  }
}

template <typename T>
void shrink_vector(std::vector<T>& vector) {
  if (vector.capacity() <= kNotWorthShrinking || vector.size() >= vector.capacity() / 8) return;
  std::vector<T> smaller;
  smaller.reserve(2 * vector.size());
  smaller.assign(std::make_move_iterator(vector.begin()), std::make_move_iterator(vector.end()));
  vector.swap(smaller);
}

// Clears a vector and keeps its memory for reuse, unless it is more than most turns need.
template <typename T>
void clear_scratch(std::vector<T>& vector, std::size_t most = 4096) {
  vector.clear();
  if (vector.capacity() > most) std::vector<T>().swap(vector);
}

}  // namespace rollcall::base
