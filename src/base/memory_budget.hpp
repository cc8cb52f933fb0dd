// The memory budget of the process, and its pressure levels.
//
// Pure. `scarce`: nobody is refused, but buffers of unauthenticated peers are dropped sooner. `full`: new
// connections are refused, to protect existing ones. A level ends only once usage is clearly below it
// (hysteresis), so it does not flip with every measurement.
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
