// Whatever the load and whoever comes, reads and goes meanwhile: of any one user a receiver hears online and
// offline in turns, and in the end what it knows, heard or read, is the truth.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "presence/announcer.hpp"
#include "presence/test_changes.hpp"

namespace rollcall::presence {

enum class Deed { change, read_one, read_all, come, leave, wait };

struct Act {
  Deed deed;
  unsigned user;
  unsigned receiver;
  int wait_ms;
};

std::ostream& operator<<(std::ostream& out, const Act& act) {
  static constexpr std::array kNames = {"change", "read one", "read all", "come", "leave", "wait"};
  return out << kNames[static_cast<std::size_t>(act.deed)] << " user " << act.user << " receiver "
             << act.receiver << " " << act.wait_ms << " ms";
}

namespace {

constexpr unsigned kUsers = 5;
constexpr unsigned kCrowd = 150;  // more than are told at once
constexpr unsigned kReceivers = 4;
constexpr milliseconds kMaxWindow{1000};

rc::Gen<std::vector<Act>> acts() {
  using rc::gen::element;
  using rc::gen::inRange;
  const auto act = rc::gen::build<Act>(
      rc::gen::set(&Act::deed, element(Deed::change, Deed::change, Deed::change, Deed::change, Deed::read_one,
                                       Deed::read_all, Deed::come, Deed::leave, Deed::wait)),
      // Mostly a few, so that they meet; sometimes a crowd.
      rc::gen::set(&Act::user, rc::gen::oneOf(inRange(0U, kUsers), inRange(0U, kUsers), inRange(0U, kCrowd))),
      rc::gen::set(&Act::receiver, inRange(0U, kReceivers)),
      rc::gen::set(&Act::wait_ms, element(1, 20, 99, 100, 200, 1000, 6000)));
  return rc::gen::container<std::vector<Act>>(act);
}

std::string name_of(unsigned user) {
  return "user" + std::to_string(user);
}

struct Receiver {
  std::map<std::string, bool> heard, known;
};

struct World {
  explicit World(std::size_t budget) : announcer({budget, kMaxWindow}) { receivers[0].emplace(); }

  void play(const Act& act) {
    auto& receiver = receivers[act.receiver];
    switch (act.deed) {
      case Deed::change:
        change(name_of(act.user));
        break;
      case Deed::read_one:
        if (receiver) read(*receiver, name_of(act.user));
        break;
      case Deed::read_all:
        announcer.read_all();
        for (unsigned i = 0; receiver && i < kCrowd; ++i) receiver->known[name_of(i)] = online[name_of(i)];
        break;
      case Deed::come:
        if (!receiver) receiver.emplace();
        break;
      case Deed::leave:
        if (act.receiver != 0) receiver.reset();
        break;
      case Deed::wait:
        pass(milliseconds(act.wait_ms));
    }
  }
  void change(const std::string& user) {
    bool& is = online[user];
    is = !is;
    if (is) {
      changes.emplace_back(came(user));
    } else {
      changes.emplace_back(left(user));
    }
    announcer.take(changes, count(), now, news);
    deliver();
  }
  void read(Receiver& receiver, const std::string& user) {
    announcer.read(user);
    receiver.known[user] = online[user];
  }
  void pass(milliseconds span) {
    const Instant until = now + span;
    while (announcer.deadline() && *announcer.deadline() <= until) {
      now = std::max(now, *announcer.deadline());
      announcer.tick(count(), now, news);
      RC_ASSERT((!announcer.deadline() || *announcer.deadline() > now));  // or it would never rest
      deliver();
    }
    now = until;
  }
  void deliver() {
    for (const Announcement& one : news) {
      if (const auto* mode = std::get_if<ModeChanged>(&one)) {
        RC_ASSERT(mode->window != told_window);
        told_window = mode->window;
        continue;
      }
      const auto& change = std::get<UserChanged>(one);
      for (auto& receiver : receivers) {
        if (receiver) hear(*receiver, change.user_id, is_online(change));
      }
    }
    news.clear();
    RC_ASSERT(told_window == announcer.window());
  }
  static void hear(Receiver& receiver, const std::string& user, bool is) {
    const auto before = receiver.heard.find(user);
    RC_ASSERT((before == receiver.heard.end() || before->second != is));
    receiver.heard[user] = receiver.known[user] = is;
  }
  std::size_t count() const {
    std::size_t present = 0;
    for (const auto& receiver : receivers) present += receiver ? 1 : 0;
    return present;
  }
  void check() {
    for (unsigned i = 0; i < kCrowd; ++i) {
      const std::string user = name_of(i);
      for (const auto& receiver : receivers) {
        if (!receiver) continue;
        const auto heard = receiver->heard.find(user), known = receiver->known.find(user);
        RC_ASSERT((heard == receiver->heard.end() || heard->second == online[user]));
        RC_ASSERT((known == receiver->known.end() || known->second == online[user]));
      }
      // The first was there from the beginning, when nobody was.
      const auto heard = receivers[0]->heard.find(user);
      RC_ASSERT(((heard != receivers[0]->heard.end() && heard->second) == online[user]));
    }
  }

  Announcer announcer;
  Instant now{seconds(1000)};
  std::map<std::string, bool> online;
  std::array<std::optional<Receiver>, kReceivers> receivers;
  std::vector<UserChanged> changes;
  std::vector<Announcement> news;
  milliseconds told_window{0};
};

TEST(AnnouncerProperty, ReceiversHearInTurnsAndKnowTheTruthInTheEnd) {
  EXPECT_TRUE(rc::check([] {
    World world(*rc::gen::element<std::size_t>(0, 1, 3, 20, 1000));
    for (const Act& act : *acts()) world.play(act);
    // The longest queue, and as much again for whatever window is open.
    world.pass((kCrowd / Announcer::kMostAtOnce + 2) * kMaxWindow);
    RC_ASSERT(world.announcer.held() == 0U);
    world.check();
  }));
}

TEST(AnnouncerProperty, ItIsLiveAgainOnceNothingHappens) {
  EXPECT_TRUE(rc::check([] {
    World world(*rc::gen::element<std::size_t>(1, 3, 20, 1000));
    for (const Act& act : *acts()) world.play(act);
    world.pass(seconds(20));
    RC_ASSERT(world.announcer.window() == milliseconds(0));
    RC_ASSERT(!world.announcer.deadline());
    world.check();
  }));
}

TEST(AnnouncerProperty, ACrowdThatNeverRestsIsToldOfAtThePaceOfTheBudget) {
  EXPECT_TRUE(rc::check([] {
    World world(100);
    for (int i = 0; i < 3000; ++i) {
      world.change(name_of(*rc::gen::inRange(0U, kCrowd)));
      if (i % 10 == 0) world.pass(milliseconds(*rc::gen::element(1, 10, 50)));
      RC_ASSERT(world.announcer.held() <= kCrowd);
    }
    world.pass(seconds(20));
    world.check();
  }));
}

}  // namespace
}  // namespace rollcall::presence
