// Whether a loop still turns, for others to see.
//
// Set by the loop's thread, read by any.
#pragma once

#include <atomic>
#include <cstdint>

#include "rollcall/time.hpp"

namespace rollcall::net {

class Pulse {
 public:
  enum class State { not_begun, waiting, busy, ended };
  struct Reading {
    State state = State::not_begun;
    Instant at{};  // busy: since when; waiting: until when at most
  };

  void wait_until(Instant latest) { set(State::waiting, latest); }
  void begin_turn(Instant now) { set(State::busy, now); }
  void end() { set(State::ended, {}); }

  Reading read() const {
    const std::uint64_t value = value_.load(std::memory_order_relaxed);
    return {static_cast<State>(value & kStateMask),
            Instant(microseconds(static_cast<std::int64_t>(value >> kStateBits)))};
  }

 private:
  static constexpr unsigned kStateBits = 2;
  static constexpr std::uint64_t kStateMask = 3;

  // In one word, so that the two always belong together.
  void set(State state, Instant at) {
    const auto time = static_cast<std::uint64_t>(at.time_since_epoch().count());
    value_.store(time << kStateBits | static_cast<std::uint64_t>(state), std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> value_{0};
};

}  // namespace rollcall::net
