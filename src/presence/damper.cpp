#include "presence/damper.hpp"

#include <algorithm>
#include <utility>

#include "base/shrink.hpp"

namespace rollcall::presence {

bool Damper::hold(UserChanged& change, Instant now) {
  if (free_ == 0) return false;
  const std::size_t lately = change.lately;
  if (lately <= free_ && flappers_.empty()) return false;
  const auto found = flappers_.find(change.user_id);
  if (found != flappers_.end()) {
    found->second.changed = true;
  } else if (lately <= free_) {
    return false;
  } else {
    flappers_.emplace(change.user_id, Flapper{});
    due_.emplace(now + kFirst, change.user_id);
  }
  held_.hold(std::move(change));
  return true;
}

void Damper::release(Instant now, std::vector<UserChanged>& out) {
  while (!due_.empty() && due_.begin()->first <= now) {
    auto due = due_.extract(due_.begin());
    const auto found = flappers_.find(due.mapped());
    if (!std::exchange(found->second.changed, false)) {
      flappers_.erase(found);
      base::shrink_table(flappers_);
      continue;
    }
    held_.release_user(due.mapped(), out);
    found->second.hold = std::min(found->second.hold * 2, kLongest);
    due.key() = now + found->second.hold;
    due_.insert(std::move(due));
  }
}

std::optional<Instant> Damper::deadline() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

}  // namespace rollcall::presence
