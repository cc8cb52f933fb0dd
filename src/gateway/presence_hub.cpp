#include "gateway/presence_hub.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::gateway {

PresenceHub::PresenceHub(Server& server, const presence::Settings& settings, Publish publish)
    : server_(server), publish_(std::move(publish)), core_(settings) {}

void PresenceHub::apply(const presence::Command& command) {
  const std::lock_guard lock(mutex_);
  apply_locked(command);
}

void PresenceHub::apply_locked(const presence::Command& command) {
  read_clocks();
  core_.apply(command, now_, wall_, effects_);
  publish_effects();
  await_deadline();
}

void PresenceHub::read_clocks() {
  now_ = std::max(now_, server_.now());
  wall_ = std::max(wall_, server_.wall_now());
}

void PresenceHub::publish_effects() {
  for (const presence::Effect& effect : effects_) publish_(effect);
  effects_.clear();
}

void PresenceHub::await_deadline() {
  const auto due = core_.deadline();
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
  publish_effects();
  await_deadline();
}

}  // namespace rollcall::gateway
