// An atomic maximum: threads may read and raise it concurrently. It orders nothing else (relaxed).
//
// Readers raise it under a shared lock (presence::HeldChanges); owners read it under an exclusive
// one.
#pragma once

#include <atomic>
#include <cstdint>

namespace rollcall::base {

class SharedMark {
 public:
  SharedMark() = default;
  SharedMark(const SharedMark& other) : value_(other.get()) {}
  SharedMark& operator=(const SharedMark& other) {
    value_.store(other.get(), std::memory_order_relaxed);
    return *this;
  }

  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }
  // Writes only if it is greater, so the cache line stays shared otherwise.
  void raise(std::uint64_t to) {
    std::uint64_t seen = get();
    while (seen < to && !value_.compare_exchange_weak(seen, to, std::memory_order_relaxed)) {
    }
  }

 private:
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace rollcall::base
