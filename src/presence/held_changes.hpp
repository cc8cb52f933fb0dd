// Changes not broadcast yet, coalesced per user: only the outcome of what happens to a user while held is
// broadcast.
//
// Used by Announcer. Pure. The one trap: leaving and returning cancel out, unless someone read the state in
// between. So a user who is back in the last broadcast state is dropped only if nobody read the user's state
// meanwhile; otherwise both changes are broadcast, in order.
//
// Bounds: at most one entry per user. Each call is O(1), `release` O(number of results).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/shared_mark.hpp"
#include "presence/types.hpp"

namespace rollcall::presence {

class HeldChanges {
 public:
  // Each change of a user continues the previous one, and the first one the last broadcast state.
  void hold(UserChanged change);

  // A reply reveals the state of this user, or of everyone. Several threads may call
  // these concurrently, but nothing else.
  void read(std::string_view user_id);
  void read_all();

  // Users with changes that may be due.
  std::size_t size() const { return entries_.size(); }
  // Removes the `most` users who have waited longest, and returns their changes to broadcast.
  template <typename Out>
  void release(std::size_t most, std::vector<Out>& out);
  // The same for one user, who may have no change.
  template <typename Out>
  void release_user(std::string_view user_id, std::vector<Out>& out);

 private:
  struct Entry {
    const State& told() const { return way_out ? way_out->before : latest.before; }

    UserChanged latest;
    std::optional<UserChanged> way_out;  // if `latest` led back to what was told, and both must be told
    std::uint64_t differs_since;
    bool differs = true;         // from what was told last
    base::SharedMark read = {};  // 1: while it did
  };
  using Entries = std::list<Entry>;
  template <typename Out>
  void give(Entries::iterator entry, std::vector<Out>& out);

  Entries entries_;                                                         // oldest first
  boost::unordered_flat_map<std::string_view, Entries::iterator> by_user_;  // views of the entries' own ids
  std::uint64_t clock_ = 0;
  base::SharedMark last_read_all_;  // the clock's time then
};

template <typename Out>
void HeldChanges::release(std::size_t most, std::vector<Out>& out) {
  for (; most > 0 && !entries_.empty(); --most) give(entries_.begin(), out);
}

template <typename Out>
void HeldChanges::release_user(std::string_view user_id, std::vector<Out>& out) {
  const auto found = by_user_.find(user_id);
  if (found != by_user_.end()) give(found->second, out);
}

template <typename Out>
void HeldChanges::give(Entries::iterator entry, std::vector<Out>& out) {
  by_user_.erase(entry->latest.user_id);
  const bool read = entry->read.get() > 0 || (entry->differs && last_read_all_.get() >= entry->differs_since);
  const auto give_one = [&](UserChanged& change) {
    change.maybe_read = change.maybe_read || read;
    out.emplace_back(std::move(change));
  };
  if (entry->way_out) give_one(*entry->way_out);
  give_one(entry->latest);
  entries_.erase(entry);
}

}  // namespace rollcall::presence
