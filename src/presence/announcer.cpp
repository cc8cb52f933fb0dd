#include "presence/announcer.hpp"

#include <limits>
#include <utility>

namespace rollcall::presence {

void Announcer::take(std::vector<Effect>& changes, std::size_t receivers, Instant now,
                     std::vector<News>& out) {
  for (Effect& change : changes) {
    if (pace_.limited()) pace_.count(receivers, now);
    if (pace_.live()) {
      std::visit([&](auto& known) { out.emplace_back(std::move(known)); }, change);
      continue;
    }
    if (!window_ends_) {
      tell_mode(receivers, out);
      window_ends_ = now + pace_.window();
    }
    held_.hold(std::move(change));
  }
  changes.clear();
}

void Announcer::tick(std::size_t receivers, Instant now, std::vector<News>& out) {
  if (pace_.live()) return;
  pace_.review(receivers, held_.size() > kMostAtOnce, now);
  if (pace_.live()) {
    held_.release(std::numeric_limits<std::size_t>::max(), out);
    window_ends_.reset();
  } else if (window_ends_ && now >= *window_ends_) {
    held_.release(kMostAtOnce, out);
    window_ends_.reset();
    if (held_.size() > 0) window_ends_ = now + pace_.cost(kMostAtOnce, receivers) / kCatchUp;
  } else if (window_ends_) {
    return;  // a new mode is told along with what is held
  }
  tell_mode(receivers, out);
}

void Announcer::tell_mode(std::size_t receivers, std::vector<News>& out) {
  if (std::exchange(told_window_, pace_.window()) == pace_.window()) return;
  out.emplace_back(ModeChanged{told_window_, pace_.load(), receivers});
}

std::optional<Instant> Announcer::deadline() const {
  auto due = pace_.review_at();
  if (due && window_ends_) due = std::min(*due, *window_ends_);
  return due;
}

}  // namespace rollcall::presence
