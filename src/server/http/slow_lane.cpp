#include "server/http/slow_lane.hpp"

namespace rollcall::server {

void SlowLane::add(Pipe& pipe, Instant now) {
  pipes_.emplace_back(now + kPause, &pipe);
  if (pipes_.size() == 1) arm();
}

void SlowLane::remove(Pipe& pipe) {
  std::erase_if(pipes_, [&](const auto& entry) { return entry.second == &pipe; });
}

void SlowLane::advance(Instant now) {
  while (!pipes_.empty() && pipes_.front().first <= now) {
    Pipe* pipe = pipes_.front().second;
    pipes_.pop_front();
    speed_up_(*pipe);
  }
  if (!pipes_.empty()) arm();
}

void SlowLane::arm() {
  timers_.arm(timer_, pipes_.front().first);
}

}  // namespace rollcall::server
