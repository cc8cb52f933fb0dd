// The presence state, shared by the workers: presence::Core, and the Announcer that its changes go through,
// under one lock.
//
// What is to be told is published under the lock too, so that all workers hear of the changes in the order in
// which they happened. The lock is held for a microsecond or so: nothing is sent or encoded
// under it. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "presence/announcer.hpp"
#include "presence/core.hpp"
#include "presence/view.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

class PresenceHub {
 public:
  // Called under the lock: they must not call back.
  using Publish = std::function<void(const presence::News&)>;
  using CountReceivers = std::function<std::size_t()>;

  // Graces and windows end on the server's first worker. The server must outlive the hub.
  PresenceHub(Server& server, const presence::Settings& settings, const presence::PaceSettings& pace,
              Publish publish, CountReceivers count_receivers);

  // Called under the lock with every change, whoever is told of it: it must not call back, and be quick. To
  // be set before the server runs.
  using Observe = std::function<void(std::span<const presence::Effect>)>;
  void on_change(Observe observe) { observe_ = std::move(observe); }

  void apply(const presence::Command& command);
  // Then reads what `use(view)` wants while nothing can change.
  template <typename Use>
  auto apply_and_read(const presence::Command& command, Use&& use) {
    const std::lock_guard lock(mutex_);
    apply_locked(command);
    return use(presence::View(core_, announcer_));
  }
  template <typename Use>
  auto read(Use&& use) const {
    const std::lock_guard lock(mutex_);
    return use(presence::View(core_, announcer_));
  }

 private:
  void apply_locked(const presence::Command& command);
  void read_clocks();
  void tell_changes();
  void publish();
  void await_deadline();
  void tick();

  Server& server_;
  Publish publish_;
  CountReceivers count_receivers_;
  Observe observe_;
  mutable std::mutex mutex_;
  presence::Core core_;
  mutable presence::Announcer announcer_;  // a read leaves its trace there
  // The workers' clocks are read once a turn; here time does not go back.
  Instant now_{};
  WallTime wall_{};
  std::vector<presence::Effect> effects_;
  std::vector<presence::News> news_;
  std::optional<Instant> awaited_;  // when the first worker will call `tick`
  std::shared_ptr<void> timer_;     // the first worker's
};

}  // namespace rollcall::gateway
