#include "base/timing_wheel.hpp"

#include <algorithm>
#include <bit>

namespace rollcall::base {
namespace {
constexpr std::uint64_t kMaxAhead = (std::uint64_t{1} << 36) - 1;
}

Timer::~Timer() {
  if (wheel_) wheel_->disarm(*this);
}

TimingWheel::TimingWheel(Instant start) : start_(start) {}

TimingWheel::~TimingWheel() {
  for (Timer* list : lists_) {
    for (; list; list = list->next_) list->wheel_ = nullptr;
  }
}

std::uint64_t TimingWheel::tick_of(Instant deadline) const {
  if (deadline <= start_) return 0;
  return static_cast<std::uint64_t>(std::chrono::ceil<milliseconds>(deadline - start_).count());
}

void TimingWheel::arm(Timer& timer, Instant deadline) {
  if (timer.wheel_) timer.wheel_->unlink(timer);
  timer.wheel_ = this;
  timer.deadline_ = deadline;
  // A timer armed during an advance must not fire in it: otherwise the advance might never end.
  const std::uint64_t tick = tick_of(deadline);
  if (tick <= target_) {
    link(timer, kDuePlace);
  } else {
    place(timer, tick, kDuePlace);
  }
}

void TimingWheel::disarm(Timer& timer) {
  if (!timer.wheel_) return;
  unlink(timer);
  timer.wheel_ = nullptr;
}

void TimingWheel::place(Timer& timer, std::uint64_t tick, std::uint16_t due) {
  if (tick <= current_) {
    link(timer, due);
    return;
  }
  tick = std::min(tick, current_ + kMaxAhead);
  // The level is that of the highest digit (base 64) in which the tick differs from the current one.
  const unsigned highest_bit = 63 - static_cast<unsigned>(std::countl_zero(tick ^ current_));
  const unsigned level = std::min(highest_bit / kSlotBits, kLevels - 1);
  const auto slot = static_cast<unsigned>(tick >> (level * kSlotBits)) & (kSlots - 1);
  link(timer, static_cast<std::uint16_t>(level * kSlots + slot));
  occupied_[level] |= std::uint64_t{1} << slot;
}

void TimingWheel::link(Timer& timer, std::uint16_t place) {
  Timer*& head = lists_[place];
  timer.place_ = place;
  timer.previous_ = nullptr;
  timer.next_ = head;
  if (head) head->previous_ = &timer;
  head = &timer;
}

void TimingWheel::unlink(Timer& timer) {
  if (timer.previous_) {
    timer.previous_->next_ = timer.next_;
  } else {
    lists_[timer.place_] = timer.next_;
    if (!timer.next_ && timer.place_ < kDuePlace) {
      occupied_[timer.place_ / kSlots] &= ~(std::uint64_t{1} << (timer.place_ % kSlots));
    }
  }
  if (timer.next_) timer.next_->previous_ = timer.previous_;
  timer.previous_ = timer.next_ = nullptr;
}

// Spreads the slot that the current tick has just entered over the lower levels.
void TimingWheel::cascade(unsigned level) {
  const auto slot = static_cast<unsigned>(current_ >> (level * kSlotBits)) & (kSlots - 1);
  Timer*& head = lists_[level * kSlots + slot];
  while (head) {
    Timer& timer = *head;
    unlink(timer);
    place(timer, tick_of(timer.deadline_), kFiringPlace);
  }
}

void TimingWheel::fire_due(Instant now) {
  // Popped one by one, because a timer may disarm or destroy the others.
  while (Timer* timer = lists_[kFiringPlace]) {
    unlink(*timer);
    timer->wheel_ = nullptr;
    timer->on_timer(now);
  }
}

void TimingWheel::advance(Instant now) {
  const auto target =
      now <= start_ ? std::uint64_t{0}
                    : static_cast<std::uint64_t>(std::chrono::floor<milliseconds>(now - start_).count());
  target_ = std::max(target_, target);
  while (Timer* timer = lists_[kDuePlace]) {
    unlink(*timer);
    link(*timer, kFiringPlace);
  }
  fire_due(now);
  while (current_ < target) {
    // Jumps to the next occupied slot of the lowest level, or to the end of its round.
    const auto slot = static_cast<unsigned>(current_ & (kSlots - 1));
    const std::uint64_t ahead = slot == kSlots - 1 ? 0 : occupied_[0] >> (slot + 1);
    const std::uint64_t step =
        ahead ? static_cast<std::uint64_t>(std::countr_zero(ahead)) + 1 : kSlots - slot;
    current_ += std::min(step, target - current_);
    for (unsigned level = kLevels - 1; level > 0; --level) {
      const std::uint64_t below = (std::uint64_t{1} << (level * kSlotBits)) - 1;
      if ((current_ & below) == 0) cascade(level);
    }
    cascade(0);
    fire_due(now);
  }
}

std::optional<Instant> TimingWheel::next() const {
  if (lists_[kDuePlace]) return start_ + milliseconds(current_);
  for (unsigned level = 0; level < kLevels; ++level) {
    const unsigned shift = level * kSlotBits;
    const auto slot = static_cast<unsigned>(current_ >> shift) & (kSlots - 1);
    const std::uint64_t ahead = slot == kSlots - 1 ? 0 : occupied_[level] >> (slot + 1);
    if (!ahead) continue;
    const std::uint64_t target =
        ((current_ >> shift) + static_cast<std::uint64_t>(std::countr_zero(ahead)) + 1) << shift;
    return start_ + milliseconds(target);
  }
  for (unsigned level = 0; level < kLevels; ++level) {  // only clamped timers remain, out of range
    if (occupied_[level]) return start_ + milliseconds(((current_ >> 36) + 1) << 36);
  }
  return std::nullopt;
}

}  // namespace rollcall::base
