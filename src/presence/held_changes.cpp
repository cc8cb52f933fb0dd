#include "presence/held_changes.hpp"

#include <utility>

#include "base/shrink.hpp"

namespace rollcall::presence {

void HeldChanges::hold(UserChanged change) {
  const auto found = by_user_.find(change.user_id);
  if (found == by_user_.end()) {
    entries_.push_back({std::move(change), std::nullopt, ++clock_});
    by_user_.emplace(entries_.back().latest.user_id, std::prev(entries_.end()));
    return;
  }
  const auto entry = found->second;
  by_user_.erase(found);  // its key is a part of what changes now
  const bool differed = std::exchange(entry->differs, !looks_the_same(entry->told(), change.after));
  if (entry->differs) {
    if (!differed) entry->differs_since = ++clock_;
    change.before = entry->told();
    entry->way_out.reset();
  } else if (differed) {
    if (last_read_all_.get() >= entry->differs_since) entry->read.raise(1);
    if (entry->read.get() == 0) {
      entries_.erase(entry);
      base::shrink_table(by_user_);
      return;
    }
    entry->way_out = std::move(entry->latest);
  } else {
    change.before = entry->latest.before;
  }
  entry->latest = std::move(change);
  by_user_.emplace(entry->latest.user_id, entry);
}

void HeldChanges::read_all() {
  if (!entries_.empty()) last_read_all_.raise(clock_);
}

void HeldChanges::read(std::string_view user_id) {
  if (entries_.empty()) return;
  const auto found = by_user_.find(user_id);
  if (found != by_user_.end() && found->second->differs) found->second->read.raise(1);
}

}  // namespace rollcall::presence
