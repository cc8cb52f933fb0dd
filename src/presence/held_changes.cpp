#include "presence/held_changes.hpp"

#include <utility>

#include "base/shrink.hpp"

namespace rollcall::presence {

std::string_view user_of(const Effect& change) {
  return std::visit([](const auto& known) -> std::string_view { return known.user_id; }, change);
}

void HeldChanges::hold(Effect change) {
  const auto found = by_user_.find(user_of(change));
  if (found == by_user_.end()) {
    entries_.push_back({std::move(change), std::nullopt, ++clock_});
    by_user_.emplace(user_of(entries_.back().latest), std::prev(entries_.end()));
    return;
  }
  const auto entry = found->second;
  by_user_.erase(found);  // its key is a part of what changes now
  entry->differs = !entry->differs;
  if (entry->differs) {
    entry->differs_since = ++clock_;
  } else {
    if (last_read_all_.get() >= entry->differs_since) entry->read.raise(1);
    if (entry->read.get() == 0) {
      entries_.erase(entry);
      base::shrink_table(by_user_);
      return;
    }
  }
  entry->before = std::exchange(entry->latest, std::move(change));
  by_user_.emplace(user_of(entry->latest), entry);
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
