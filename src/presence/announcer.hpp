// Decides which changes are broadcast, and when: immediately, or in batches when a loop is saturated with
// deliveries or the operator's cap is exceeded (docs/decisions/0009, 0025).
//
// The gateway's hub puts the core's changes through it, reports what is read meanwhile, and makes known
// what comes out. Pure: `now` is an argument. Not thread-safe.
//
// For every receiver and user, online and offline alternate, and the last one is the current state once
// nothing is held: at the end of the window, if batches can carry the load. Beyond that changes queue up, but
// coalesced to each user's newest state (and the one before, where a reply revealed that), so the queue is
// never longer than the list of users.
//
// Users who flap are debounced individually, for half a minute at most (Damper).
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

// From now on changes are batched on this window; 0: broadcast immediately.
struct ModeChanged {
  milliseconds window{0};
  std::size_t load = 0;  // the deliveries per second that caused it
  std::size_t receivers = 0;
};
using Announcement = std::variant<UserChanged, ModeChanged>;

class Announcer {
 public:
  // Users in one portion. More would gain little (50 share the send already) and block the loop for too
  // long.
  static constexpr std::size_t kMostAtOnce = 50;
  // The others follow once the budget has paid for these; to catch up it may be spent twice as fast.
  static constexpr int kCatchUp = 2;

  explicit Announcer(const PaceSettings& settings)
      : damper_(settings.flap_after),
        pace_(settings),
        load_(settings.max_window),
        by_load_(settings.by_load) {}

  // The work of the loops by `now`; call it before `take` and `tick`.
  void measure(std::span<const LoopWork> loops, Instant now);

  // Takes `changes`, and appends what to broadcast now to `out`.
  void take(std::vector<UserChanged>& changes, std::size_t receivers, Instant now,
            std::vector<Announcement>& out);
  // To be called at `deadline()`; early or late calls do no harm.
  void tick(std::size_t receivers, Instant now, std::vector<Announcement>& out);
  std::optional<Instant> deadline() const;

  // A reply reveals the state of this user, or of everyone. Several threads may call these concurrently, but
  // not concurrently with non-const functions.
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
