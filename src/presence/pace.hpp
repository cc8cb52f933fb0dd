// Chooses the batch window by the number of deliveries, for operators who set a cap
// (`presence.deliveries_per_second`). Without one LoadPace alone decides.
//
// Used by Announcer. Pure. The load is the deliveries that telling each change by itself would take in a
// second: changes times receivers. Up to the limit changes are told live. Beyond it they are collected for a
// window, and all that a receiver gets at its end leaves in one send, which makes a further delivery about
// kBatchGain times cheaper than the first. Counted in single deliveries, a window of W seconds then costs
//
//     receivers / W + load / kBatchGain     a second
//
// and W is the smallest of 100, 200, 400 ... ms, up to the greatest allowed, that keeps this within a
// batch_share-th of the limit: a core that live telling had filled has time for requests again. It widens at
// once; it narrows, or ends, when for kCalm even twice the load would have been well served: so it cannot
// flap.
#pragma once

#include <cstddef>
#include <optional>

#include "rollcall/time.hpp"

namespace rollcall::presence {

// For Announcer: what decides whether changes are told at once.
struct PaceSettings {
  std::size_t deliveries_per_second = 0;  // the limit; 0: everything is live, always
  milliseconds max_window{5000};
  double batch_share = 6;       // telling in batches may cost that part of the limit
  bool by_load = true;          // a loop that is full of telling makes a window, too
  std::size_t flap_after = 20;  // changes of one user in quick succession; more are held (Damper); 0: never
};

class Pace {
 public:
  static constexpr milliseconds kLeastWindow{100};
  static constexpr seconds kCalm{5};
  static constexpr double kBatchGain = 20;

  explicit Pace(const PaceSettings& settings) : settings_(settings) {}

  bool limited() const { return settings_.deliveries_per_second > 0; }
  bool live() const { return window_ == milliseconds{0}; }
  milliseconds window() const { return window_; }  // 0 if live

  // A change is due for this many receivers. May widen the window.
  void count(std::size_t receivers, Instant now);
  // May narrow the window, unless what is collected is `behind`. To be called at `review_at`; other calls do
  // no harm.
  void review(std::size_t receivers, bool behind, Instant now);
  std::optional<Instant> review_at() const;

  // Deliveries a second, of late.
  std::size_t load() const;
  // How long the batches' share takes to pay for sending this many changes at once.
  milliseconds cost(std::size_t changes, std::size_t receivers) const;

 private:
  milliseconds window_for(double load, std::size_t receivers) const;
  void end_period(Instant now);
  double batch_budget() const {
    return static_cast<double>(settings_.deliveries_per_second) / settings_.batch_share;
  }

  PaceSettings settings_;
  milliseconds window_{0};
  // Deliveries are counted by the second.
  Instant period_began_{};
  double counted_ = 0;
  double last_rate_ = 0;
  std::optional<Instant> calm_since_;
  double calm_peak_ = 0;
};

}  // namespace rollcall::presence
