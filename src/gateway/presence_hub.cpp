#include "gateway/presence_hub.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::gateway {

PresenceHub::PresenceHub(Server& server, const presence::Settings& settings,
                         const presence::PaceSettings& pace, Publish publish, CountReceivers count_receivers)
    : server_(server),
      publish_(std::move(publish)),
      count_receivers_(std::move(count_receivers)),
      core_(settings),
      announcer_(pace) {}

void PresenceHub::apply(const presence::Command& command) {
  const std::lock_guard lock(mutex_);
  apply_locked(command);
}

void PresenceHub::apply_locked(const presence::Command& command) {
  read_clocks();
  core_.apply(command, now_, wall_, effects_);
  tell_changes();
  publish();
  await_deadline();
}

void PresenceHub::read_clocks() {
  now_ = std::max(now_, server_.now());
  wall_ = std::max(wall_, server_.wall_now());
}

void PresenceHub::tell_changes() {
  if (effects_.empty()) return;
  if (observe_) observe_(effects_);
  announcer_.take(effects_, count_receivers_(), now_, news_);
}

void PresenceHub::publish() {
  for (const presence::News& news : news_) publish_(news);
  news_.clear();
}

void PresenceHub::await_deadline() {
  auto due = core_.deadline();
  if (const auto telling = announcer_.deadline(); telling && (!due || *telling < *due)) due = telling;
  if (!due || (awaited_ && *awaited_ <= *due)) return;
  awaited_ = due;
  server_.post([this, at = *due] { timer_ = server_.schedule(at, [this] { tick(); }); });
}

void PresenceHub::tick() {
  const auto keep = std::exchange(timer_, nullptr);  // it is running
  const std::lock_guard lock(mutex_);
  awaited_.reset();
  read_clocks();
  core_.tick(now_, wall_, effects_);
  tell_changes();
  announcer_.tick(count_receivers_(), now_, news_);
  publish();
  await_deadline();
}

}  // namespace rollcall::gateway
