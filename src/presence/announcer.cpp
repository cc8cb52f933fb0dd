#include "presence/announcer.hpp"

#include <algorithm>
#include <utility>

#include "base/shrink.hpp"

namespace rollcall::presence {

void Announcer::measure(std::span<const LoopWork> loops, Instant now) {
  if (by_load_) load_.measure(loops, live() || behind() ? held_.size() / kMostAtOnce : 0, now);
}

// More waits than is told at once, though it is its time.
bool Announcer::behind() const {
  return catching_up_ && held_.size() > kMostAtOnce;
}

void Announcer::take(std::vector<UserChanged>& changes, std::size_t receivers, Instant now,
                     std::vector<Announcement>& out) {
  for (UserChanged& change : changes) {
    if (!damper_.hold(change, now)) pass(change, receivers, now, out);
  }
  base::clear_scratch(changes);
}

void Announcer::pass(UserChanged& change, std::size_t receivers, Instant now,
                     std::vector<Announcement>& out) {
  pace_.count(receivers, now);
  if (live() && may_tell(now)) {
    out.emplace_back(std::move(change));
    return;
  }
  if (!live() && !window_ends_) {
    tell_mode(receivers, out);
    window_ends_ = now + window_needed();
  }
  held_.hold(std::move(change));
}

// What waits further may have been read while it was held there: whoever did must hear what follows.
void Announcer::pass_calmed(std::size_t receivers, Instant now, std::vector<Announcement>& out) {
  damper_.release(now, calmed_);
  for (UserChanged& change : calmed_) {
    const std::string user = change.user_id;
    pass(change, receivers, now, out);
    held_.read(user);
  }
  calmed_.clear();
}

// `now` is the same throughout a turn.
bool Announcer::may_tell(Instant now) {
  if (held_.size() > 0) return false;  // they are first
  if (!load_.pressed()) return true;
  if (now != told_at_) told_then_ = 0;
  told_at_ = now;
  return told_then_++ < kMostAtOnce;
}

void Announcer::tell_held(Instant now, std::vector<Announcement>& out) {
  if (now == told_at_) return;
  told_at_ = now;
  told_then_ = std::min(held_.size(), kMostAtOnce);
  held_.release(kMostAtOnce, out);
}

void Announcer::tick(std::size_t receivers, Instant now, std::vector<Announcement>& out) {
  pass_calmed(receivers, now, out);
  pace_.review(receivers, behind(), now);
  if (live()) {
    window_ends_.reset();
    catching_up_ = false;
    if (held_.size() > 0) tell_held(now, out);
  } else if (window_ends_ && now >= *window_ends_) {
    held_.release(kMostAtOnce, out);
    window_ends_.reset();
    catching_up_ = held_.size() > 0;
    if (catching_up_) {
      const microseconds paid =
          pace_.live() ? microseconds{0} : pace_.cost(kMostAtOnce, receivers) / kCatchUp;
      window_ends_ = now + std::max(paid, load_.live() ? microseconds{0} : load_.interval());
    }
  } else if (window_ends_) {
    return;  // a new mode is told along with what is held
  } else if (held_.size() > 0) {
    window_ends_ = now + window_needed();  // it was live when they were held
  }
  tell_mode(receivers, out);
}

void Announcer::tell_mode(std::size_t receivers, std::vector<Announcement>& out) {
  if (std::exchange(told_window_, window_needed()) == window_needed()) return;
  out.emplace_back(ModeChanged{told_window_, pace_.load(), receivers});
}

std::optional<Instant> Announcer::deadline() const {
  std::optional<Instant> due;
  const auto also = [&due](std::optional<Instant> at) {
    if (at && (!due || *at < *due)) due = at;
  };
  also(damper_.deadline());
  also(pace_.review_at());
  also(load_.review_at());
  also(window_ends_);
  // In the next turn: what is held, or that it is live again.
  if (live() && (held_.size() > 0 || told_window_ > milliseconds{0})) also(told_at_ + microseconds(1));
  return due;
}

}  // namespace rollcall::presence
