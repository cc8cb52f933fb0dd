// The presence state, shared by the workers: presence::Core under one lock.
//
// What the core makes known is published under the lock too, so that all workers hear of the changes in
// the order in which they happened. The lock is held for a microsecond or so: nothing is sent or encoded
// under it. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "presence/core.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

class PresenceHub {
 public:
  // Called under the lock: must not call back.
  using Publish = std::function<void(const presence::Effect&)>;

  // Graces end on the server's first worker. The server must outlive the hub.
  PresenceHub(Server& server, const presence::Settings& settings, Publish publish);

  void apply(const presence::Command& command);
  // Then reads what `use(core)` wants while nothing can change.
  template <typename Use>
  auto apply_and_read(const presence::Command& command, Use&& use) {
    const std::lock_guard lock(mutex_);
    apply_locked(command);
    return use(static_cast<const presence::Core&>(core_));
  }
  template <typename Use>
  auto read(Use&& use) const {
    const std::lock_guard lock(mutex_);
    return use(core_);
  }

 private:
  void apply_locked(const presence::Command& command);
  void read_clocks();
  void publish_effects();
  void await_deadline();
  void tick();

  Server& server_;
  Publish publish_;
  mutable std::mutex mutex_;
  presence::Core core_;
  // The workers' clocks are read once a turn; here time does not go back.
  Instant now_{};
  WallTime wall_{};
  std::vector<presence::Effect> effects_;
  std::optional<Instant> awaited_;  // when the first worker will call `tick`
  std::shared_ptr<void> timer_;     // the first worker's
};

}  // namespace rollcall::gateway
