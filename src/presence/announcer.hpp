// What is told of the changes to everyone connected, and when: at once, or when a loop is full of telling (or
// there are more than the operator's cap allows) collected and told together (docs/decisions/0009, 0025).
//
// The gateway's hub puts the core's changes through it, reports what is read meanwhile, and makes known
// what comes out. Pure: `now` is an argument. Not thread-safe.
//
// For any receiver and any user what is told alternates, and the last is the truth once nothing is held: at
// the window's end, while the load is one that batches can carry. Beyond that the changes queue up, but of
// each user only the newest state (and the one before, where somebody read that): a queue never longer than
// the list of users.
//
// Users who come and go again and again are held back by themselves, for half a minute at most (Damper).
// While changes are told at once, a turn that has more than kMostAtOnce leaves the others to the next ones,
// if telling has been seen to take long: so no turn is longer than that many changes make it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "presence/damper.hpp"
#include "presence/held_changes.hpp"
#include "presence/load_pace.hpp"
#include "presence/pace.hpp"
#include "presence/types.hpp"

namespace rollcall::presence {

// From now on changes are collected on a window that long; 0: told at once.
struct ModeChanged {
  milliseconds window{0};
  std::size_t load = 0;  // deliveries a second that brought it about
  std::size_t receivers = 0;
};
using Announcement = std::variant<UserChanged, ModeChanged>;

class Announcer {
 public:
  // Users told of at once. More would gain little (the send is shared by 50 already) and keep the loop from
  // everything else for too long.
  static constexpr std::size_t kMostAtOnce = 50;
  // The others follow when the budget has paid for these; to catch up it may be spent twice as fast.
  static constexpr int kCatchUp = 2;

  explicit Announcer(const PaceSettings& settings)
      : damper_(settings.flap_after),
        pace_(settings),
        load_(settings.max_window),
        by_load_(settings.by_load) {}

  // What the loops have done by `now`; to be told before `take` and `tick`.
  void measure(std::span<const LoopWork> loops, Instant now);

  // Takes over `changes`, and appends what is to be told now to `out`.
  void take(std::vector<UserChanged>& changes, std::size_t receivers, Instant now,
            std::vector<Announcement>& out);
  // To be called at `deadline()`; early or late calls do no harm.
  void tick(std::size_t receivers, Instant now, std::vector<Announcement>& out);
  std::optional<Instant> deadline() const;

  // Somebody is told by other means how things are with this user; with everyone. Several threads may call
  // these at once, while none calls anything that is not const.
  void read(std::string_view user_id) {
    damper_.read(user_id);
    held_.read(user_id);
  }
  void read_all() {
    damper_.read_all();
    held_.read_all();
  }

  // As told last; 0: live.
  milliseconds window() const { return told_window_; }
  std::size_t held() const { return held_.size() + damper_.held(); }

 private:
  bool live() const { return pace_.live() && load_.live(); }
  milliseconds window_needed() const { return std::max(pace_.window(), load_.window()); }
  bool behind() const;
  void pass(UserChanged& change, std::size_t receivers, Instant now, std::vector<Announcement>& out);
  void pass_calmed(std::size_t receivers, Instant now, std::vector<Announcement>& out);
  bool may_tell(Instant now);
  void tell_held(Instant now, std::vector<Announcement>& out);
  void tell_mode(std::size_t receivers, std::vector<Announcement>& out);

  Damper damper_;
  std::vector<UserChanged> calmed_;  // empty; kept for its memory
  Pace pace_;
  LoadPace load_;
  bool by_load_;
  HeldChanges held_;
  std::optional<Instant> window_ends_;  // absent: none is open
  bool catching_up_ = false;            // the last window held more than is told at once
  milliseconds told_window_{0};
  Instant told_at_{};  // while pressed: the turn in which changes were told last, and how many
  std::size_t told_then_ = 0;
};

}  // namespace rollcall::presence
