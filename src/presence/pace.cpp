#include "presence/pace.hpp"

#include <algorithm>

#include "base/in_seconds.hpp"

namespace rollcall::presence {
namespace {

constexpr seconds kPeriod{1};
constexpr double kHeadroom = 2;

}  // namespace

void Pace::count(std::size_t receivers, Instant now) {
  if (live() && now - period_began_ >= kPeriod) end_period(now);  // otherwise `review` does
  counted_ += static_cast<double>(receivers);
  const milliseconds needed = window_for(static_cast<double>(load()), receivers);
  if (needed <= window_) return;
  window_ = needed;
  calm_since_.reset();
}

void Pace::end_period(Instant now) {
  last_rate_ = counted_ / base::in_seconds(now - period_began_);
  counted_ = 0;
  period_began_ = now;
}

// In a period that is not over, no less than what it has brought already.
std::size_t Pace::load() const {
  return static_cast<std::size_t>(std::max(last_rate_, counted_));
}

void Pace::review(std::size_t receivers, bool behind, Instant now) {
  if (live() || now - period_began_ < kPeriod) return;
  end_period(now);
  const auto calm_window = [&](double rate) { return window_for(rate * kHeadroom, receivers); };
  if (behind || calm_window(last_rate_) >= window_) {
    calm_since_.reset();
    return;
  }
  if (!calm_since_) {
    calm_since_ = now;
    calm_peak_ = 0;
  }
  calm_peak_ = std::max(calm_peak_, last_rate_);
  if (now - *calm_since_ < kCalm) return;
  window_ = calm_window(calm_peak_);
  calm_since_.reset();
}

std::optional<Instant> Pace::review_at() const {
  if (live()) return std::nullopt;
  return period_began_ + kPeriod;
}

milliseconds Pace::window_for(double load, std::size_t receivers) const {
  if (!limited() || load <= static_cast<double>(settings_.deliveries_per_second)) return milliseconds{0};
  const double spare = batch_budget() - load / kBatchGain;
  milliseconds window = std::min(kLeastWindow, settings_.max_window);
  while (window<settings_.max_window&& static_cast<double>(receivers)> spare * base::in_seconds(window)) {
    window = std::min(window * 2, settings_.max_window);
  }
  return window;
}

milliseconds Pace::cost(std::size_t changes, std::size_t receivers) const {
  const double deliveries = static_cast<double>(receivers) * (1 + static_cast<double>(changes) / kBatchGain);
  const double span = deliveries / batch_budget();
  const double most = base::in_seconds(settings_.max_window);
  return milliseconds{static_cast<milliseconds::rep>(std::min(span, most) * 1000)};
}

}  // namespace rollcall::presence
