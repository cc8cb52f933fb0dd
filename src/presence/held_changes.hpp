// Changes that are known but not told yet, one user's at a time: of what happens to a user while held, only
// the outcome is told.
//
// Used by Announcer. Pure. The one trap: a user who goes and comes back while held has, for those who heard
// nothing, done nothing; but who read the state in between believes the other. So such a pair is dropped only
// if nobody read of that user while it was away from what was told last; otherwise both are told, in order.
//
// Bounds: at most one entry a user. Each call is O(1), `release` O(what it gives).
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
  // Of any one user the changes alternate, and continue what was told of that user.
  void hold(Effect change);

  // Somebody is told, by a reply, how things are with this user; with everyone. Several threads may call
  // these at once, while none calls anything else.
  void read(std::string_view user_id);
  void read_all();

  // Users of whom something may be to be told.
  std::size_t size() const { return entries_.size(); }
  // What is to be told of the `most` users who have waited longest; then they are forgotten here.
  template <typename Out>
  void release(std::size_t most, std::vector<Out>& out);
  // The same of one user, who may have nothing to be told.
  template <typename Out>
  void release_user(std::string_view user_id, std::vector<Out>& out);

 private:
  struct Entry {
    Effect latest;
    std::optional<Effect> before;  // the change back, for when both must be told
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

std::string_view user_of(const Effect& change);

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
  by_user_.erase(user_of(entry->latest));
  const bool read = entry->read.get() > 0 || (entry->differs && last_read_all_.get() >= entry->differs_since);
  const auto give_one = [&](auto& change) {
    change.maybe_read = change.maybe_read || read;
    out.emplace_back(std::move(change));
  };
  if (!entry->differs) std::visit(give_one, *entry->before);
  std::visit(give_one, entry->latest);
  entries_.erase(entry);
}

}  // namespace rollcall::presence
