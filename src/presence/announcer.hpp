// What is told of the changes to everyone connected, and when: at once, or when the load is above the budget
// collected and told together (docs/decisions/0009).
//
// The gateway's hub puts the core's effects through it, reports what is read meanwhile, and makes known
// what comes out. Pure: `now` is an argument. Not thread-safe.
//
// For any receiver and any user what is told alternates, and the last is the truth once nothing is held: at
// the window's end, while the load is one that batches can carry. Beyond that the changes queue up, but of
// each user only the newest state (and the one before, where somebody read that): a queue never longer than
// the list of users.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "presence/held_changes.hpp"
#include "presence/pace.hpp"
#include "presence/types.hpp"

namespace rollcall::presence {

// From now on changes are collected on a window that long; 0: told at once.
struct ModeChanged {
  milliseconds window{0};
  std::size_t load = 0;  // deliveries a second that brought it about
  std::size_t receivers = 0;
};
using News = std::variant<UserOnline, UserOffline, ModeChanged>;

class Announcer {
 public:
  // Users told of at once. More would gain little (the send is shared by 50 already) and keep the loop from
  // everything else for too long.
  static constexpr std::size_t kMostAtOnce = 50;
  // The others follow when the budget has paid for these; to catch up it may be spent twice as fast.
  static constexpr int kCatchUp = 2;

  explicit Announcer(const PaceSettings& settings) : pace_(settings) {}

  // Takes over `changes`, and appends what is to be told now to `out`.
  void take(std::vector<Effect>& changes, std::size_t receivers, Instant now, std::vector<News>& out);
  // To be called at `deadline()`; early or late calls do no harm.
  void tick(std::size_t receivers, Instant now, std::vector<News>& out);
  std::optional<Instant> deadline() const;

  // Somebody is told by other means how things are with this user; with everyone. While nothing is held these
  // change nothing: then several threads may call them at once.
  void read(std::string_view user_id) { held_.read(user_id); }
  void read_all() { held_.read_all(); }

  // As told last; 0: live.
  milliseconds window() const { return told_window_; }
  std::size_t held() const { return held_.size(); }

 private:
  void tell_mode(std::size_t receivers, std::vector<News>& out);

  Pace pace_;
  HeldChanges held_;
  std::optional<Instant> window_ends_;  // absent: none is open
  milliseconds told_window_{0};
};

}  // namespace rollcall::presence
