#include "presence/load_pace.hpp"

#include <algorithm>

#include "base/in_seconds.hpp"

namespace rollcall::presence {

void LoadPace::measure(std::span<const LoopWork> loops, std::size_t waiting, Instant now) {
  pressed_ = std::any_of(loops.begin(), loops.end(),
                         [](const LoopWork& loop) { return loop.last_telling >= kLong; });
  if (before_.size() == loops.size() && now - period_began_ < kPeriod) return;
  const Period period = end_period(loops, now);
  if (!live()) {
    review(period.telling, waiting > 0, now);
  } else if (period.busy >= kFull && period.telling >= kMostlyTelling &&
             (waiting * cost_ >= kFarBehind || cost_ >= kTooLong)) {
    enter(now);
  }
}

LoadPace::Period LoadPace::end_period(std::span<const LoopWork> loops, Instant now) {
  Period worst;
  if (before_.size() == loops.size()) {
    const double span = base::in_seconds(now - period_began_);
    for (std::size_t i = 0; i < loops.size(); ++i) {
      const double telling = base::in_seconds(loops[i].telling - before_[i].telling) / span;
      const std::uint64_t tellings = loops[i].tellings - before_[i].tellings;
      if (tellings == 0 || telling < worst.telling) continue;
      worst = {base::in_seconds(loops[i].busy - before_[i].busy) / span, telling};
      cost_ = (loops[i].telling - before_[i].telling) / static_cast<microseconds::rep>(tellings);
    }
  }
  before_.assign(loops.begin(), loops.end());
  period_began_ = now;
  return worst;
}

void LoadPace::enter(Instant now) {
  const bool relapse = left_at_ && now - *left_at_ < kRelapse;
  calm_needed_ = relapse ? std::min(calm_needed_ * 2, kLongestCalm) : kCalm;
  calm_since_.reset();
  window_ = step_for(base::in_seconds(cost_) * 1000 * 2 / kWidenAbove);
}

void LoadPace::review(double telling, bool behind, Instant now) {
  if (behind || telling > kWidenAbove) {
    window_ = std::min(window_ * 2, max_window_);
    calm_since_.reset();
    return;
  }
  if (telling > kWidenAbove / 2) {
    calm_since_.reset();
    return;
  }
  if (!calm_since_) {
    calm_since_ = now;
    calm_peak_ = 0;
  }
  calm_peak_ = std::max(calm_peak_, telling);
  if (now - *calm_since_ < calm_needed_) return;
  // Half the window at most doubles the deliveries.
  const double needed = static_cast<double>(window_.count()) * calm_peak_ / kWidenAbove;
  window_ = needed < static_cast<double>(kLeastWindow.count()) ? milliseconds{0} : step_for(needed);
  calm_since_.reset();
  if (live()) left_at_ = now;
}

milliseconds LoadPace::step_for(double ms) const {
  milliseconds window = std::min(kLeastWindow, max_window_);
  while (window < max_window_ && static_cast<double>(window.count()) < ms) {
    window = std::min(window * 2, max_window_);
  }
  return window;
}

microseconds LoadPace::interval() const {
  const microseconds interval(static_cast<microseconds::rep>(static_cast<double>(cost_.count()) / kShare));
  return std::clamp<microseconds>(interval, milliseconds(1), max_window_);
}

std::optional<Instant> LoadPace::review_at() const {
  if (live()) return std::nullopt;
  return period_began_ + kPeriod;
}

}  // namespace rollcall::presence
