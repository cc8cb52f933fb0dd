// The one owner of presence state: presence::Core and the Announcer after it, under one lock (Lanes) with a
// lane for each thread that reads often.
//
// A command or tick changes the state, passes the changes to the sinks in the order they were added, passes
// those that are due to the audience, and returns the deadline of the next tick. All of this holds every
// lane, so everyone sees the changes in the order they happened. Reads and activity hold a single lane; on
// different lanes they do not contend for any memory.
//
// Has no clock and no thread: the time is an argument, and the caller owns the timer. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "hub/lanes.hpp"
#include "hub/sink.hpp"
#include "presence/announcer.hpp"
#include "presence/core.hpp"
#include "presence/view.hpp"
#include "rollcall/time.hpp"

namespace rollcall::hub {

struct Moment {
  Instant now;
  WallTime wall;
};

class Hub {
 public:
  // `readers`: how many threads read often, each with a lane of its own. The audience must outlive the hub.
  Hub(const presence::Settings& settings, const presence::PaceSettings& pace, Audience& audience,
      std::size_t readers);

  // Before the first command. The sink must outlive the hub.
  void add(Sink& sink) { sinks_.push_back(&sink); }
  // Sets how many connections a user may have from now on.
  void allow_connections(std::size_t per_user);

  // These return the next deadline. A time older than the newest one seen counts as the newest.
  std::optional<Instant> apply(const presence::Command& command, Moment at);
  // To be called at the deadline; early or late calls do no harm.
  std::optional<Instant> tick(Moment at);

  // Records activity, then runs `use(view)` while presence cannot change. `use` may run on several threads at
  // once. `deadline`: as from `apply`, if a grace had to be ended first.
  template <typename Use>
  auto apply_and_read(const presence::Activity& activity, Moment at, std::size_t reader,
                      std::optional<Instant>& deadline, Use&& use) {
    {
      const std::lock_guard lock(lanes_.of(reader));
      if (nothing_due(at.now)) {
        core_.touch(activity.connection, at.wall);
        return use(presence::View(core_, announcer_));
      }
    }
    const std::lock_guard lock(lanes_);
    deadline = apply_locked(activity, at);
    return use(presence::View(core_, announcer_));
  }
  // `reader`: a number of the thread; those below `readers` have a lane of their own.
  template <typename Use>
  auto read(std::size_t reader, Use&& use) const {
    const std::lock_guard lock(lanes_.of(reader));
    return use(presence::View(core_, announcer_));
  }
  // For readers that get every change: what they read need not be announced again.
  template <typename Use>
  auto read_untraced(std::size_t reader, Use&& use) const {
    const std::lock_guard lock(lanes_.of(reader));
    return use(core_);
  }
  // Runs `change()` while nobody reads.
  template <typename Change>
  void exclusively(Change&& change) {
    const std::lock_guard lock(lanes_);
    change();
  }

 private:
  bool nothing_due(Instant now) const;
  std::optional<Instant> apply_locked(const presence::Command& command, Moment at);
  void follow(Moment at);
  void pass_on();
  void publish();
  std::optional<Instant> deadline() const;

  Audience& audience_;
  std::vector<Sink*> sinks_;
  mutable Lanes lanes_;
  presence::Core core_;
  mutable presence::Announcer announcer_;  // reads leave marks in it, concurrently
  // Never goes back here. The wall clock does when it is set back: changes are ordered by their
  // position, not by their time.
  Instant now_{};
  WallTime wall_{};
  std::vector<presence::UserChanged> changes_;  // empty; kept for its memory, as the next
  std::vector<presence::Announcement> due_;
};

}  // namespace rollcall::hub
