// One who comes and goes again and again: told of at once at first, then ever more seldom, and nobody else
// later.
#include "presence/damper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>

#include "presence/announcer.hpp"
#include "presence/core.hpp"
#include "presence/test_changes.hpp"

namespace rollcall::presence {
namespace {

// A core and its announcer, driven as the hub does.
class Toggled {
 public:
  void come(const std::string& user) {
    connections_[user].push_back(next_);
    apply(Connect{next_++, user, {}});
  }
  void go(const std::string& user) {
    auto& own = connections_[user];
    if (own.empty()) return;
    apply(Disconnect{own.back(), Ending::client_goodbye});
    own.pop_back();
  }
  void toggle(const std::string& user) { connections_[user].empty() ? come(user) : go(user); }
  void pass(milliseconds span) {
    const Instant until = now_ + span;
    while (announcer_.deadline() && *announcer_.deadline() <= until) {
      now_ = std::max(now_, *announcer_.deadline());
      announcer_.tick(1000, now_, news_);
      RC_ASSERT((!announcer_.deadline() || *announcer_.deadline() > now_));
      hear();
    }
    now_ = until;
  }
  void read(const std::string& user) {
    announcer_.read(user);
    known_[user] = core_.state(user).online;
  }
  void apply(const Command& command) {
    core_.apply(command, now_, {}, changes_);
    announcer_.take(changes_, 1000, now_, news_);
    hear();
  }
  void hear() {
    for (const Announcement& one : news_) {
      if (const auto* change = std::get_if<UserChanged>(&one)) hear(change->user_id, is_online(*change));
    }
    news_.clear();
  }
  void hear(const std::string& user, bool online) {
    const auto before = heard_.find(user);
    RC_ASSERT((before == heard_.end() ? online : before->second != online));  // in turns, online first
    heard_[user] = known_[user] = online;
    ++times_[user];
  }
  bool told_the_truth(const std::string& user) {
    const bool online = core_.state(user).online;
    const auto known = known_.find(user);
    return (known == known_.end() ? false : known->second) == online;
  }

  int times(const std::string& user) { return times_[user]; }
  Announcer& announcer() { return announcer_; }

 private:
  Core core_{Settings{}};
  Announcer announcer_{PaceSettings{}};
  Instant now_{seconds(1000)};
  ConnectionId next_ = 1;
  std::vector<UserChanged> changes_;
  std::vector<Announcement> news_;
  std::map<std::string, std::vector<ConnectionId>> connections_;
  std::map<std::string, bool> heard_, known_;
  std::map<std::string, int> times_;
};

TEST(Damper, TheFirstChangesAreToldAtOnce) {
  Toggled world;
  for (int i = 0; i < 20; ++i) {
    world.toggle("flapper");
    EXPECT_EQ(world.times("flapper"), i + 1);
  }
  world.toggle("flapper");
  EXPECT_EQ(world.times("flapper"), 20);
  world.pass(Damper::kFirst);
  EXPECT_EQ(world.times("flapper"), 21);
}

TEST(Damper, OneWhoNeverStopsIsToldOfEverMoreSeldom) {
  Toggled world;
  for (int i = 0; i < 60'000; ++i) {  // two minutes
    world.toggle("flapper");
    world.pass(milliseconds(2));
  }
  EXPECT_LE(world.times("flapper"), 20 + 8);
  world.pass(Damper::kLongest);
  EXPECT_TRUE(world.told_the_truth("flapper"));
}

TEST(Damper, NobodyElseIsToldLater) {
  Toggled world;
  for (int i = 0; i < 1000; ++i) {
    world.toggle("flapper");
    world.pass(milliseconds(2));
    const std::string other = "other" + std::to_string(i);
    world.come(other);
    ASSERT_EQ(world.times(other), 1);
  }
  EXPECT_EQ(world.announcer().window(), milliseconds(0));
}

TEST(Damper, WhoIsCalmForAWhileIsLikeAnyOtherAgain) {
  Toggled world;
  for (int i = 0; i < 101; ++i) world.toggle("flapper");
  world.pass(seconds(200));
  EXPECT_FALSE(world.announcer().deadline());
  const int before = world.times("flapper");
  for (int i = 0; i < 20; ++i) world.toggle("flapper");
  EXPECT_EQ(world.times("flapper"), before + 20);
}

TEST(Damper, AReloadEveryFourSecondsIsNoFlapping) {
  Toggled world;
  for (int i = 0; i < 500; ++i) {
    world.toggle("anna");
    world.pass(milliseconds(100));
    world.toggle("anna");
    world.pass(milliseconds(3900));
  }
  EXPECT_EQ(world.times("anna"), 1000);
}

TEST(Damper, WhatWasReadOfAFlapperIsFollowedByTheTruth) {
  Toggled world;
  for (int i = 0; i < 21; ++i) world.toggle("flapper");  // online, which is held
  world.read("flapper");
  world.toggle("flapper");
  EXPECT_FALSE(world.told_the_truth("flapper"));
  world.pass(Damper::kFirst);
  EXPECT_TRUE(world.told_the_truth("flapper"));
}

TEST(Damper, WithoutAFreeNumberNothingIsHeld) {
  Damper damper(0);
  UserChanged change = came("anna");
  change.lately = 100;
  EXPECT_FALSE(damper.hold(change, Instant{}));
}

TEST(DamperProperty, EachUserIsToldOfInTurnsAndInTheEndTruly) {
  EXPECT_TRUE(rc::check([] {
    Toggled world;
    const int acts = *rc::gen::inRange(0, 600);
    for (int i = 0; i < acts; ++i) {
      const std::string user = "u" + std::to_string(*rc::gen::inRange(0, 4));
      switch (*rc::gen::inRange(0, 8)) {
        case 0:
          world.read(user);
          break;
        case 1:
          world.pass(milliseconds(*rc::gen::element(1, 500, 1000, 3000, 40'000)));
          break;
        default:
          world.toggle(user);
      }
    }
    world.pass(Damper::kLongest);
    for (int user = 0; user < 4; ++user) RC_ASSERT(world.told_the_truth("u" + std::to_string(user)));
    world.pass(2 * Damper::kLongest);
    RC_ASSERT(world.announcer().held() == 0U);
    RC_ASSERT(!world.announcer().deadline());
  }));
}

}  // namespace
}  // namespace rollcall::presence
