// Changes told by a loop of given cost and capacity: at once as long as it can, bounded turns when it cannot,
// and at once again when the load has gone.
#include "presence/load_pace.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <deque>
#include <string>
#include <vector>

#include "presence/announcer.hpp"
#include "presence/test_changes.hpp"

namespace rollcall::presence {
namespace {

// A loop as the real one: what came during a turn is served in the next, and all that is told in a turn
// leaves in one send to each connection.
class SimulatedLoop {
 public:
  struct Cost {
    std::size_t receivers = 5000;
    double send_us = 4;       // a connection, whatever is sent
    double change_us = 0.25;  // a connection and change beyond
    microseconds others{20};  // what else a turn does
  };

  SimulatedLoop() = default;
  explicit SimulatedLoop(const Cost& cost) : cost_(cost) {}

  // Changes of `users` users in turn, evenly.
  void offer(double per_second, seconds span, std::size_t users = 20'000) {
    const Instant end = now_ + span;
    const Monotonic::duration gap(static_cast<microseconds::rep>(1e6 / per_second));
    for (Instant next = now_; now_ < end;) {
      for (; next <= now_ && next < end; next += gap) arrivals_.push_back({next, next_user_++ % users});
      turn(std::min(next, end));
    }
  }
  // So many at the same moment.
  void storm(std::size_t changes) {
    for (std::size_t i = 0; i < changes; ++i) arrivals_.push_back({now_, next_user_++});
    turn(now_);
  }
  // So many changes under way always: the next is made when everyone has been told of one.
  void keep_in_flight(std::size_t changes, seconds span) {
    const Instant end = now_ + span;
    for (std::size_t i = 0; i < changes; ++i) arrivals_.push_back({now_, i});
    while (now_ < end) {
      turn(now_ + milliseconds(1));
      for (const std::size_t user : told_) arrivals_.push_back({now_, user});
    }
    arrivals_.clear();
  }
  void idle(seconds span) {
    for (const Instant end = now_ + span; now_ < end;) turn(end);
  }

  void forget() {
    longest_turn_ = longest_wait_ = microseconds{0};
    most_held_ = modes_ = 0;
    began_ = now_;
    work_at_begin_ = work_;
  }
  microseconds longest_turn() const { return longest_turn_; }
  microseconds longest_wait() const { return longest_wait_; }
  std::size_t most_held() const { return most_held_; }
  int mode_changes() const { return modes_; }
  double telling_share() const {
    return static_cast<double>((work_.telling - work_at_begin_.telling).count()) /
           static_cast<double>((now_ - began_).count());
  }
  bool live() const { return announcer_.window() == milliseconds{0} && announcer_.held() == 0; }
  milliseconds window() const { return announcer_.window(); }
  // The longest turn that telling a portion makes.
  microseconds portion() const { return cost_of(Announcer::kMostAtOnce); }

 private:
  struct Arrival {
    Instant at;
    std::size_t user;
  };

  microseconds cost_of(std::size_t changes) const {
    if (changes == 0) return cost_.others;
    const double us = static_cast<double>(cost_.receivers) *
                      (cost_.send_us + static_cast<double>(changes) * cost_.change_us);
    return cost_.others + microseconds(static_cast<microseconds::rep>(us));
  }
  // Waits for something to do, at most until `latest`.
  void turn(Instant latest) {
    Instant wake = latest;
    if (announcer_.deadline()) wake = std::min(wake, *announcer_.deadline());
    if (arrivals_.empty()) now_ = std::max(now_, wake);
    const bool due = announcer_.deadline() && *announcer_.deadline() <= now_;
    announcer_.measure({&work_, 1}, now_);
    if (due) announcer_.tick(cost_.receivers, now_, news_);
    for (; !arrivals_.empty(); arrivals_.pop_front()) take(arrivals_.front());
    most_held_ = std::max(most_held_, announcer_.held());
    finish(deliver());
  }
  void take(const Arrival& arrival) {
    if (arrival.user >= online_.size()) online_.resize(arrival.user + 1), since_.resize(arrival.user + 1);
    const std::string user = std::to_string(arrival.user);
    since_[arrival.user] = arrival.at;
    std::vector<UserChanged> changes;
    online_[arrival.user] = !online_[arrival.user];
    changes.push_back(online_[arrival.user] ? came(user) : left(user));
    announcer_.take(changes, cost_.receivers, now_, news_);
  }
  std::size_t deliver() {
    told_.clear();
    for (const Announcement& one : news_) {
      if (std::holds_alternative<ModeChanged>(one)) {
        ++modes_;
        continue;
      }
      told_.push_back(std::stoul(std::get<UserChanged>(one).user_id));
    }
    news_.clear();
    return told_.size();
  }
  void finish(std::size_t changes) {
    const microseconds took = cost_of(changes);
    now_ += took;
    work_.busy += took;
    longest_turn_ = std::max(longest_turn_, took);
    if (changes == 0) return;
    work_.last_telling = took - cost_.others;
    work_.telling += work_.last_telling;
    ++work_.tellings;
    for (const std::size_t user : told_) {
      longest_wait_ = std::max<microseconds>(longest_wait_, now_ - since_[user]);
    }
  }

  Cost cost_;
  Announcer announcer_{PaceSettings{}};
  Instant now_{seconds(1000)};
  LoopWork work_, work_at_begin_;
  std::deque<Arrival> arrivals_;
  std::vector<bool> online_;
  std::vector<Instant> since_;
  std::vector<Announcement> news_;
  std::vector<std::size_t> told_;
  std::size_t next_user_ = 0;
  microseconds longest_turn_{0}, longest_wait_{0};
  std::size_t most_held_ = 0;
  int modes_ = 0;
  Instant began_{seconds(1000)};
};

TEST(LoadPace, BelowItsCapacityALoopTellsEverythingAtOnce) {
  SimulatedLoop loop;  // 50 changes in a turn take 82 ms: it can tell 600 a second
  for (const double rate : {1, 20, 100, 200, 400}) {
    loop.offer(rate, seconds(30));
    EXPECT_TRUE(loop.live()) << rate;
  }
  EXPECT_EQ(loop.most_held(), 0U);
  EXPECT_EQ(loop.mode_changes(), 0);
  EXPECT_LT(loop.longest_wait(), milliseconds(150));
}

TEST(LoadPace, AFullLoopWhoseTurnsAreShortNeedsNoHelp) {
  SimulatedLoop loop;
  loop.keep_in_flight(16, seconds(60));
  EXPECT_EQ(loop.most_held(), 0U);
  EXPECT_EQ(loop.mode_changes(), 0);
  EXPECT_GT(loop.telling_share(), 0.99);
}

TEST(LoadPace, HundredsOfChangesInFlightAreToldInPortionsButNotCollected) {
  SimulatedLoop loop;
  loop.keep_in_flight(400, seconds(60));
  EXPECT_EQ(loop.mode_changes(), 0);
  EXPECT_LE(loop.longest_wait(), seconds(1));
}

TEST(LoadPace, OnASlowerOrAFasterMachineTheSameHoldsAtItsOwnCapacity) {
  SimulatedLoop slow({.send_us = 10, .change_us = 1}), fast({.send_us = 0.5, .change_us = 0.03});
  slow.offer(120, seconds(30));
  fast.offer(4000, seconds(30));
  EXPECT_EQ(slow.most_held() + fast.most_held(), 0U);
  EXPECT_EQ(slow.mode_changes() + fast.mode_changes(), 0);
}

TEST(LoadPace, AboveItTurnsStayShortAndTellingLeavesRoom) {
  SimulatedLoop loop;
  loop.offer(3000, seconds(3));
  loop.forget();
  loop.offer(3000, seconds(30));
  EXPECT_GT(loop.window(), milliseconds(0));
  EXPECT_LE(loop.longest_turn(), loop.portion());
  EXPECT_LE(loop.telling_share(), LoadPace::kShare + 0.02);
  EXPECT_LE(loop.most_held(), 20'000U);
}

TEST(LoadPace, WhenTheLoadHasGoneEverythingIsToldAndAtOnceAgain) {
  SimulatedLoop loop;
  loop.offer(3000, seconds(30), 2000);
  EXPECT_FALSE(loop.live());
  loop.offer(20, seconds(60));
  EXPECT_TRUE(loop.live());
  loop.forget();
  loop.offer(400, seconds(30));
  EXPECT_TRUE(loop.live());
  EXPECT_LT(loop.longest_wait(), milliseconds(150));
}

TEST(LoadPace, AStormIsToldInPortionsAndThenForgotten) {
  SimulatedLoop loop;
  loop.offer(5, seconds(5));
  loop.storm(300);  // the first turn takes what came with it
  loop.forget();
  loop.storm(4700);
  loop.idle(seconds(40));
  EXPECT_LE(loop.longest_turn(), loop.portion());
  EXPECT_LT(loop.longest_wait(), seconds(20));
  EXPECT_TRUE(loop.live());
}

// Whose only telling takes long, however seldom: a window would not make it shorter.
TEST(LoadPace, ManyReceiversAreNoReasonToCollectWhileTheLoopHasTime) {
  SimulatedLoop loop({.receivers = 100'000});
  loop.offer(1, seconds(60));
  EXPECT_EQ(loop.mode_changes(), 0);
  EXPECT_EQ(loop.most_held(), 0U);
}

TEST(LoadPace, WhatElseFillsTheLoopIsNoReasonToCollectChanges) {
  SimulatedLoop loop({.receivers = 10, .others = milliseconds(300)});
  loop.offer(100, seconds(60));
  EXPECT_EQ(loop.mode_changes(), 0);
}

TEST(LoadPace, ASteadyLoadDoesNotMakeItFlap) {
  for (const double rate : {450, 550, 600, 620, 650, 700, 1000, 5000}) {
    SimulatedLoop loop;
    loop.offer(rate, seconds(600));
    EXPECT_LE(loop.mode_changes(), 12) << rate << " changes a second";
  }
}

TEST(LoadPaceProperty, WhateverTheLoadTurnsAreBoundedAndItRecovers) {
  EXPECT_TRUE(rc::check([] {
    SimulatedLoop::Cost cost;
    cost.receivers = *rc::gen::inRange<std::size_t>(100, 20'000);
    cost.send_us = *rc::gen::inRange(1, 10);
    cost.change_us = *rc::gen::inRange(1, 10) / 20.0;
    SimulatedLoop loop(cost);
    for (int i = 0; i < 6; ++i) loop.offer(*rc::gen::inRange(1, 3000), seconds(10), 1000);
    // A thousand users at most are still to be told of, and the longest calm.
    loop.idle(seconds(60 + LoadPace::kLongestCalm.count()) + 1000 / Announcer::kMostAtOnce * seconds(10));
    RC_ASSERT(loop.live());
  }));
}

}  // namespace
}  // namespace rollcall::presence
