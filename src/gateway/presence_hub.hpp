// The presence state, shared by the workers: presence::Core, the Announcer that its changes go through to
// sockets, and the Feed that keeps them for others, under one lock with a lane for each worker.
//
// Who reads, or says that a person is there, takes the lane of its thread: requests on different workers do
// not meet. Who changes who is online takes them all. What is to be told is published under the lock too, so
// that all workers hear of the changes in the order in which they happened. The lock is held for a
// microsecond or so: nothing is sent or encoded under it. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "gateway/lanes.hpp"
#include "presence/announcer.hpp"
#include "presence/core.hpp"
#include "presence/feed.hpp"
#include "presence/view.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

// Changes of users since the start.
struct ChangeTotals {
  std::size_t online = 0;
  std::size_t offline = 0;

  void add(presence::Edge edge) {
    online += edge == presence::Edge::online ? 1 : 0;
    offline += edge == presence::Edge::offline ? 1 : 0;
  }
};

class PresenceHub {
 public:
  // Called under the lock: they must not call back.
  using Publish = std::function<void(const presence::News&)>;
  using CountReceivers = std::function<std::size_t()>;

  // Graces and windows end on the server's first worker. The server must outlive the hub.
  // `feed_changes`: how many changes the feed keeps; 0: none, for nobody is to read it.
  PresenceHub(Server& server, const presence::Settings& settings, const presence::PaceSettings& pace,
              std::size_t feed_changes, Publish publish, CountReceivers count_receivers);

  // Until `end`, users of before the start may be on their way back. To be set before the server runs.
  void settle_until(Instant end) { settling_until_ = end; }
  // How long yet; needs no lock.
  milliseconds settling() const;

  // Called on a worker's thread under the lock whenever the feed has grown: it must not call back, and cost
  // next to nothing. To be set before the server runs.
  void on_feed(std::function<void()> grown) { feed_grown_.push_back(std::move(grown)); }

  // Called under the lock with every change, whoever is told of it: it must not call back, and be quick. To
  // be set before the server runs.
  using Observe = std::function<void(std::span<const presence::UserChanged>)>;
  void on_change(Observe observe) { observe_ = std::move(observe); }

  // For connections to come. `feed_changes` counts if nothing was kept so far. From any thread.
  void reconfigure(std::size_t connections_per_user, std::size_t feed_changes);

  void apply(const presence::Command& command);
  // A sign of life, and then what `use(view)` reads while nobody's being online can change. `use` may be
  // called by several threads at once.
  template <typename Use>
  auto apply_and_read(const presence::Activity& activity, Use&& use) {
    {
      const std::lock_guard lock(lane_here());
      if (nothing_due()) {
        core_.touch(activity.connection, server_.wall_now());
        return use(presence::View(core_, announcer_));
      }
    }
    const std::lock_guard lock(lanes_);
    apply_locked(activity);
    return use(presence::View(core_, announcer_));
  }
  template <typename Use>
  auto read(Use&& use) const {
    const std::lock_guard lock(lane_here());
    return use(presence::View(core_, announcer_));
  }
  ChangeTotals changes() const {
    const std::lock_guard lock(lane_here());
    return totals_;
  }
  std::string cursor(std::uint64_t number) const { return feed_.cursor(number); }  // needs no lock
  template <typename Use>
  auto read_feed(Use&& use) const {
    const std::lock_guard lock(lane_here());
    return use(feed_);
  }
  // For readers of the feed, who hear of every change: what they read need not be remembered.
  template <typename Use>
  auto read_for_feed(Use&& use) const {
    const std::lock_guard lock(lane_here());
    return use(core_);
  }

 private:
  std::mutex& lane_here() const;
  // Else a grace has to be ended first: that takes all lanes.
  bool nothing_due() const;
  void apply_locked(const presence::Command& command);
  void read_clocks();
  void measure();
  void tell_changes();
  void feed_changes();
  void publish();
  void await_deadline();
  void tick();

  Server& server_;
  Publish publish_;
  CountReceivers count_receivers_;
  Observe observe_;
  mutable Lanes lanes_;
  presence::Core core_;
  mutable presence::Announcer announcer_;  // a read leaves its trace there, which several may do at once
  presence::Feed feed_;
  std::vector<std::function<void()>> feed_grown_;
  Instant settling_until_{};
  // The workers' clocks are read once a turn; here time does not go back. The wall clock's does when it is
  // set back: what is told is ordered by its place, not by its time.
  Instant now_{};
  WallTime wall_{};
  std::vector<presence::UserChanged> changed_;
  std::vector<presence::News> news_;
  std::vector<presence::LoopWork> loops_;
  ChangeTotals totals_;
  std::optional<Instant> awaited_;  // when the first worker will call `tick`
  std::shared_ptr<void> timer_;     // the first worker's
};

}  // namespace rollcall::gateway
