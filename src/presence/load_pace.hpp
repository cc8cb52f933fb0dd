// Chooses the batch window by the measured share of the loops' time that deliveries take
// (docs/decisions/0025).
//
// Used by Announcer. Pure: it is given the loops' totals and the time. A loop that is behind tells all
// changes of a turn in one send to each connection, so load below its capacity needs no help. Only when a
// loop is full, mostly with telling, and it still falls behind or its turns are too long for everyone else,
// changes are collected on a window; at its end they are told in portions, with pauses that leave a quarter
// of the loop to the rest.
//
// It widens at once. It narrows, or ends, after a calm in which the loops could have delivered twice as
// much; if that proves wrong, the next calm must last twice as long, so it cannot flap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rollcall/time.hpp"

namespace rollcall::presence {

// What one loop has done since the start.
struct LoopWork {
  microseconds busy{0};     // in all turns
  microseconds telling{0};  // from the first delivery of a turn to its end, sends included
  std::uint64_t tellings = 0;
  microseconds last_telling{0};
};

class LoadPace {
 public:
  static constexpr seconds kPeriod{1};
  static constexpr milliseconds kLeastWindow{100};
  // A loop is full when it is busy for that share of a period, and telling for at least that share.
  static constexpr double kFull = 0.9;
  static constexpr double kMostlyTelling = 0.5;
  // How long a turn may spend on sending changes in live mode. From the shorter time on, portions are
  // told; the longer one is too much, for requests and pings wait meanwhile.
  static constexpr milliseconds kLong{50};
  static constexpr milliseconds kTooLong{250};
  // In live mode: how long the pending changes would take to deliver.
  static constexpr seconds kFarBehind{2};
  // The share of a loop that telling may take while there is a window.
  static constexpr double kShare = 0.75;
  static constexpr double kWidenAbove = 0.6;
  static constexpr seconds kCalm{5};
  static constexpr seconds kLongestCalm{80};
  static constexpr seconds kRelapse{60};

  explicit LoadPace(milliseconds max_window) : max_window_(max_window) {}

  bool live() const { return window_ == milliseconds{0}; }
  milliseconds window() const { return window_; }  // 0 if live
  // A turn spent too long on sending: send only a portion per turn.
  bool pressed() const { return pressed_; }
  // From one portion's beginning to the next one's, while there is a window.
  microseconds interval() const;

  // Totals of each loop, always the same loops; `waiting`: portions whose time it is to be told. To be called
  // at `review_at`, and before changes are told.
  void measure(std::span<const LoopWork> loops, std::size_t waiting, Instant now);
  std::optional<Instant> review_at() const;

 private:
  struct Period {
    double busy = 0;     // shares of the period
    double telling = 0;  // of the loop that told most
  };
  Period end_period(std::span<const LoopWork> loops, Instant now);
  void enter(Instant now);
  void review(double telling, bool behind, Instant now);
  milliseconds step_for(double ms) const;

  milliseconds max_window_;
  milliseconds window_{0};
  bool pressed_ = false;
  std::vector<LoopWork> before_;  // at the beginning of the period
  Instant period_began_{};
  microseconds cost_{0};  // of telling once, in the last period that told anything
  std::optional<Instant> calm_since_;
  double calm_peak_ = 0;
  seconds calm_needed_ = kCalm;
  std::optional<Instant> left_at_;  // when it last became live
};

}  // namespace rollcall::presence
