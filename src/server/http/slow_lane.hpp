// Connections that are paused because they caused only refusals. One timer per worker.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "base/timing_wheel.hpp"
#include "server/shared/deadline.hpp"

namespace rollcall::server {

class Pipe;

class SlowLane {
 public:
  static constexpr milliseconds kPause{100};

  using SpeedUp = std::function<void(Pipe&)>;  // may remove other pipes, and add the same one again
  SlowLane(base::TimingWheel& timers, SpeedUp speed_up)
      : timers_(timers), speed_up_(std::move(speed_up)), timer_([this](Instant now) { advance(now); }) {}

  // Resumes it after kPause, unless the pipe is removed first.
  void add(Pipe& pipe, Instant now);
  void remove(Pipe& pipe);

 private:
  void advance(Instant now);
  void arm();

  base::TimingWheel& timers_;
  SpeedUp speed_up_;
  std::deque<std::pair<Instant, Pipe*>> pipes_;  // by time
  Deadline timer_;
};

}  // namespace rollcall::server
