#include "hub/hub.hpp"

#include <algorithm>

#include "base/shared_time.hpp"
#include "base/shrink.hpp"

namespace rollcall::hub {

Hub::Hub(const presence::Settings& settings, const presence::PaceSettings& pace, Audience& audience,
         std::size_t readers)
    : audience_(audience), lanes_(readers), core_(settings), announcer_(pace) {}

void Hub::allow_connections(std::size_t per_user) {
  exclusively([&] { core_.allow_connections(per_user); });
}

// Otherwise a grace has to be ended first, which takes all lanes.
bool Hub::nothing_due(Instant now) const {
  const auto due = core_.deadline();
  return !due || *due > now;
}

std::optional<Instant> Hub::apply(const presence::Command& command, Moment at) {
  const std::lock_guard lock(lanes_);
  return apply_locked(command, at);
}

std::optional<Instant> Hub::apply_locked(const presence::Command& command, Moment at) {
  follow(at);
  core_.apply(command, now_, wall_, changes_);
  pass_on();
  publish();
  return deadline();
}

std::optional<Instant> Hub::tick(Moment at) {
  const std::lock_guard lock(lanes_);
  follow(at);
  core_.tick(now_, wall_, changes_);
  pass_on();
  announcer_.measure(audience_.work(), now_);
  announcer_.tick(audience_.receivers(), now_, due_);
  publish();
  return deadline();
}

void Hub::follow(Moment at) {
  now_ = std::max(now_, at.now);
  wall_ = base::follow(wall_, at.wall);
}

void Hub::pass_on() {
  if (changes_.empty()) return;
  for (Sink* sink : sinks_) sink->take(changes_, core_);
  announcer_.measure(audience_.work(), now_);
  announcer_.take(changes_, audience_.receivers(), now_, due_);
}

void Hub::publish() {
  for (const presence::Announcement& due : due_) audience_.tell(due);
  base::clear_scratch(due_);
}

std::optional<Instant> Hub::deadline() const {
  const auto grace = core_.deadline();
  const auto telling = announcer_.deadline();
  if (!grace || !telling) return grace ? grace : telling;
  return std::min(*grace, *telling);
}

}  // namespace rollcall::hub
