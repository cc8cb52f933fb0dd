// Decides when to return free memory to the system: the allocator keeps freed memory, so a spike would last
// for ever.
//
// Pure. Measuring free memory and returning it both block threads that allocate, so they are limited to a
// small share of the time. Memory that could not be returned because it is fragmented is not tried
// again.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rollcall/time.hpp"

namespace rollcall::base {

class Waste {
 public:
  // Resident memory beyond what is allocated. A fresh process has about 16 MiB of it: the program itself.
  static constexpr std::size_t kWorth = 32 << 20;
  static constexpr seconds kInterval{10};
  static constexpr int kCountingShare = 1000;  // one part in this many
  static constexpr int kGivingShare = 25;

  // How long after the last measurement to measure again.
  microseconds pause() const { return pause_; }
  // Cheap, and checked first: less than this cannot be worth measuring.
  bool worth_counting(std::size_t resident) const { return resident >= kWorth + stuck_; }
  // True: return it to the system.
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
