// How much memory the process may use, and what follows from how much it does use.
//
// Pure. `scarce`: nobody is refused, but what strangers hold is given up sooner. `full`: newcomers are
// refused, so that those who are online do not suffer. A level is left only once the use is clearly below it,
// or the answer would change with every measurement.
#pragma once

#include <cstddef>

namespace rollcall::base {

enum class MemoryLevel : unsigned char { plenty, scarce, full };

class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes) : bytes_(bytes) {}

  std::size_t bytes() const { return bytes_; }  // 0: no limit
  void resize(std::size_t bytes) {
    bytes_ = bytes;
    if (bytes == 0) level_ = MemoryLevel::plenty;
  }
  MemoryLevel level() const { return level_; }

  MemoryLevel update(std::size_t used) {
    if (bytes_ == 0) return level_;
    const std::size_t percent = used / (bytes_ / 100 + 1);
    if (percent >= kFull) {
      level_ = MemoryLevel::full;
    } else if (percent < kScarce - kSlack) {
      level_ = MemoryLevel::plenty;
    } else if (level_ == MemoryLevel::plenty ? percent >= kScarce : percent < kFull - kSlack) {
      level_ = MemoryLevel::scarce;
    }
    return level_;
  }

 private:
  static constexpr unsigned kScarce = 75;
  static constexpr unsigned kFull = 99;
  static constexpr unsigned kSlack = 5;

  std::size_t bytes_;
  MemoryLevel level_ = MemoryLevel::plenty;
};

}  // namespace rollcall::base
