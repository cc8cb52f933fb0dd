// A hierarchical timing wheel: any number of deadlines, one wake-up. Ticks of 1 ms.
//
// Timers are intrusive: arming allocates nothing, and costs O(1) whatever their number. A timer never
// fires early; it fires in the first `advance` at or after its deadline (rounded up to the tick). Six
// levels of 64 slots reach 2^36 ms, two years; later deadlines are clamped and re-armed by their owner.
// Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rollcall/time.hpp"

namespace rollcall::base {

class TimingWheel;

class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer();

  bool armed() const { return wheel_ != nullptr; }
  Instant deadline() const { return deadline_; }

 protected:
  virtual void on_timer(Instant now) = 0;

 private:
  friend class TimingWheel;
  Timer* previous_ = nullptr;
  Timer* next_ = nullptr;
  TimingWheel* wheel_ = nullptr;
  Instant deadline_{};
  std::uint16_t place_ = 0;
};

class TimingWheel {
 public:
  explicit TimingWheel(Instant start);
  ~TimingWheel();
  TimingWheel(const TimingWheel&) = delete;
  TimingWheel& operator=(const TimingWheel&) = delete;

  // Arming an armed timer moves it. A past deadline fires at the next `advance`.
  void arm(Timer& timer, Instant deadline);
  void disarm(Timer& timer);
  // Fires all due timers. They may arm, disarm and destroy any timer, themselves included.
  void advance(Instant now);
  // When to call `advance` next; never later than the earliest deadline's tick.
  std::optional<Instant> next() const;

 private:
  static constexpr unsigned kLevels = 6;
  static constexpr unsigned kSlotBits = 6;
  static constexpr unsigned kSlots = 1U << kSlotBits;
  static constexpr std::uint16_t kDuePlace = kLevels * kSlots;  // for the next advance
  static constexpr std::uint16_t kFiringPlace = kDuePlace + 1;

  std::uint64_t tick_of(Instant deadline) const;
  void place(Timer& timer, std::uint64_t tick, std::uint16_t due);
  void link(Timer& timer, std::uint16_t place);
  void unlink(Timer& timer);
  void cascade(unsigned level);
  void fire_due(Instant now);

  Instant start_;
  std::uint64_t current_ = 0;  // the last tick that has been fired
  std::uint64_t target_ = 0;   // the end of the current or the last advance
  std::array<std::uint64_t, kLevels> occupied_{};
  std::array<Timer*, kLevels * kSlots + 2> lists_{};  // the last two: due, firing
};

}  // namespace rollcall::base
