// A string or vector whose memory is reused, so hot paths need not allocate. A nested borrower gets
// an empty one, so re-entrance is safe. For one thread.
#pragma once

#include <cstddef>
#include <utility>

namespace rollcall::base {

// `kMost`: the largest capacity that is kept, in elements, so that one long text does not hold its memory for
// ever.
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
