// A string or vector whose memory is used again: what a hot path needs for itself is not allocated anew each
// time. Whoever asks while it is out gets an empty one, so that re-entering is safe. For one thread.
#pragma once

#include <cstddef>
#include <utility>

namespace rollcall::base {

// `kMost`: of the elements there is room for; larger ones are not kept, so that one long text does not hold
// its memory for ever.
template <typename Container, std::size_t kMost = 64 * 1024>
class Spare {
 public:
  Container take() { return std::exchange(kept_, Container()); }
  void give(Container&& used) {
    if (used.capacity() > kMost) return;
    used.clear();
    kept_ = std::move(used);
  }

 private:
  Container kept_;
};

}  // namespace rollcall::base
