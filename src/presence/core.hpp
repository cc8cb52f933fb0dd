// Who is online: connections come and go, users stay as long as one connection lives or broke less
// than `offline_grace` ago (docs/protocol.md, "Words" and "Broadcasts").
//
// The gateway's hub owns the only Core of a server, feeds it commands, and publishes the changes. Pure: `now`
// and `wall` are arguments. Nothing a peer does is a fault here; a command about an unknown connection (or a
// Connect of a known one) does nothing.
//
// Threads: any number may call `touch` and the const functions concurrently, but not concurrently with
// `apply` or `tick`.
//
// Bounds: online users are bounded by who may connect; of users who are offline at most
// Settings::remembered_users are kept, those who left first are forgotten first. A user with one
// connection takes about 200 bytes with an id of 36 bytes, an email and a role (measured, a million of
// them), and about 140 when remembered. Each command is O(1) amortised, a page is O(its users + gaps left by
// others).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "presence/directory.hpp"
#include "presence/roster.hpp"
#include "presence/types.hpp"
#include "rollcall/result.hpp"
#include "rollcall/time.hpp"

namespace rollcall::presence {

struct Settings {
  milliseconds offline_grace{2000};
  std::size_t connections_per_user = 100;
  std::size_t remembered_users = 1'000'000;
};

class Core {
 public:
  explicit Core(const Settings& settings);
  // Sets how many connections a user may have from now on; existing ones stay.
  void allow_connections(std::size_t per_user) { settings_.connections_per_user = per_user; }

  // Ask before accepting a connection: false if the user is at the limit, or if the id is empty or too
  // long. A Connect that comes anyway is counted, because the connection exists (but not under an invalid
  // id).
  bool may_connect(std::string_view user_id) const;

  // Appends the resulting changes to `out`, in order. Graces that are over by `now` end first.
  void apply(const Command& command, Instant now, WallTime wall, std::vector<UserChanged>& out);

  // An Activity while no grace is over: only a time changes.
  void touch(ConnectionId connection, WallTime wall);

  // Ends the graces that are over. Due at `deadline()`; early or late calls do no harm.
  void tick(Instant now, WallTime wall, std::vector<UserChanged>& out);
  std::optional<Instant> deadline() const;

  // The functions below answer as of the last command or tick.
  State state(std::string_view user_id) const;
  Account account(std::string_view user_id) const;
  std::size_t connections(std::string_view user_id) const;
  std::size_t connections() const { return connections_.size(); }
  // Of the user behind the connection.
  std::optional<WallTime> last_active(ConnectionId connection) const;

  // Users in the order in which their sessions began, after `cursor`. Whoever is online from the first
  // page to the last is listed exactly once, whatever others do. A `limit` of 0 counts as 1.
  Result<OnlinePage, CursorFault> online(std::size_t limit,
                                         std::optional<std::string_view> cursor = std::nullopt) const;
  std::size_t online_count() const { return roster_.size(); }
  // The first `limit` users of that list, in its order, for `use(slot, user)`. Slots are good until the
  // version changes.
  template <typename Use>
  void each_online(std::size_t limit, Use&& use) const {
    for (const Slot slot : roster_.page(limit, 0).slots) use(slot, directory_[slot]);
  }
  const User& user(Slot slot) const { return directory_[slot]; }
  // Online or remembered; null if neither. Valid until the next command.
  const User* find(std::string_view user_id) const;
  // Increases whenever the list, or a detail of a user in it other than `last_active`, changes.
  std::uint64_t list_version() const { return list_version_; }
  // The cursor that leads on from the list's first `limit` users, if there are more.
  std::optional<std::string> cursor_after(std::size_t limit) const;
  std::vector<std::string> online_ids() const;

 private:
  // One connection that broke. Stale once the user is offline, or another connection broke later.
  struct Grace {
    Instant ends;
    Slot slot;
  };

  void handle(const Connect& command, Instant now, WallTime wall, std::vector<UserChanged>& out);
  void handle(const Disconnect& command, Instant now, WallTime wall, std::vector<UserChanged>& out);
  // The only place where facts become a state, and where its changes are reported.
  void update(Slot slot, User& user, const State& before, Instant now, WallTime wall,
              std::vector<UserChanged>& out);
  bool stale(const Grace& grace) const;

  Settings settings_;
  Directory directory_;
  Roster roster_;
  std::uint64_t list_version_ = 0;
  boost::unordered_flat_map<ConnectionId, Slot> connections_;
  // The grace is the same for all, so graces end in the order they began.
  std::deque<Grace> graces_;
};

}  // namespace rollcall::presence
