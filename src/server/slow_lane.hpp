// Connections that are not read for a moment, because they made nothing but refusals. One timer for all of a
// worker.
#pragma once

#include <deque>
#include <utility>

#include "net/loop.hpp"
#include "server/deadline.hpp"

namespace rollcall::server {

class Pipe;

class SlowLane {
 public:
  static constexpr milliseconds kPause{100};

  explicit SlowLane(net::Loop& loop) : loop_(loop), timer_([this](Instant now) { advance(now); }) {}

  // Calls `speed_up` after kPause, unless the pipe is removed before.
  void add(Pipe& pipe);
  void remove(Pipe& pipe);

 private:
  void advance(Instant now);
  void arm();

  net::Loop& loop_;
  std::deque<std::pair<Instant, Pipe*>> pipes_;  // in the order of their times
  Deadline timer_;
};

}  // namespace rollcall::server
