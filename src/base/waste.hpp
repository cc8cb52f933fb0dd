// When to give free memory back to the system: the allocator keeps what was freed, so a spike would stay for
// ever.
//
// Pure. Counting free memory and giving it back both block threads that allocate. So they take a small
// share of the time, whatever they cost; and what could not be given back, as it lies scattered among what is
// in use, is not tried again.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rollcall/time.hpp"

namespace rollcall::base {

class Waste {
 public:
  // Resident beyond what is allocated. A fresh process has some 16 MiB of it: the program itself.
  static constexpr std::size_t kWorth = 32 << 20;
  static constexpr seconds kInterval{10};
  static constexpr int kCountingShare = 1000;  // one part of so many
  static constexpr int kGivingShare = 25;

  // So long after the last time it is to be counted again.
  microseconds pause() const { return pause_; }
  // Cheap, and asked first: less than this cannot be worth it.
  bool worth_counting(std::size_t resident) const { return resident >= kWorth + stuck_; }
  // True: it is to be given back.
  bool counted(std::size_t resident, std::size_t allocated, microseconds took) {
    const std::size_t free = beyond(resident, allocated);
    pause_ = std::max<microseconds>(kInterval, kCountingShare * took);
    if (free >= kWorth + stuck_) return true;
    stuck_ = std::min(stuck_, free);
    return false;
  }
  void gave_back(std::size_t resident, std::size_t allocated, microseconds took) {
    stuck_ = beyond(resident, allocated);
    pause_ = std::max(pause_, kGivingShare * took);
  }

 private:
  static std::size_t beyond(std::size_t resident, std::size_t allocated) {
    return resident > allocated ? resident - allocated : 0;
  }

  std::size_t stuck_ = 0;
  microseconds pause_ = kInterval;
};

}  // namespace rollcall::base
