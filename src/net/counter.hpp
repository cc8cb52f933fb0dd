// Counters with one writer and any number of readers, as cheap as a plain number: no lock, no locked
// instruction, no allocation.
//
// Only the thread of the owning loop may write; any thread may read (the metrics do).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/durations.hpp"

namespace rollcall::net {

class Counter {
 public:
  void add(std::uint64_t more = 1) { set(value() + more); }
  // For gauges.
  void subtract(std::uint64_t less) { set(value() - less); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }

  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class DurationCounter {
 public:
  void add(microseconds duration, std::uint64_t times = 1) {
    counts_[base::duration_range(duration)].add(times);
    total_.add(static_cast<std::uint64_t>(duration.count()) * times);
  }

  microseconds total() const { return microseconds(static_cast<std::int64_t>(total_.value())); }
  base::Durations value() const {
    base::Durations durations;
    for (std::size_t i = 0; i < counts_.size(); ++i) durations.counts[i] = counts_[i].value();
    durations.total = total();
    return durations;
  }

 private:
  std::array<Counter, base::kDurationBounds.size() + 1> counts_;
  Counter total_;  // microseconds
};

}  // namespace rollcall::net
