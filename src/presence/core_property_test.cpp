// What holds for every story: random comings and goings of a few users, compared after each step with
// a model that is too simple to be wrong, and too slow to be used.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "presence/core.hpp"

namespace rollcall::presence {

enum class Step { connect, lose, goodbye, activity, wait_and_tick, wait };

struct Move {
  Step step;
  unsigned connection;
  unsigned user;
  int wait_ms;
};

std::ostream& operator<<(std::ostream& out, const Move& move) {
  static constexpr const char* kNames[] = {"connect", "lose", "goodbye", "activity", "tick", "wait"};
  return out << kNames[static_cast<int>(move.step)] << " connection " << move.connection << " user "
             << move.user << " " << move.wait_ms << " ms";
}

namespace {

constexpr milliseconds kCoreGrace{100};
constexpr unsigned kCoreUsers = 6;
constexpr unsigned kConnections = 12;

rc::Gen<Move> a_move() {
  using rc::gen::element;
  using rc::gen::inRange;
  return rc::gen::build<Move>(
      rc::gen::set(&Move::step, element(Step::connect, Step::connect, Step::lose, Step::lose, Step::goodbye,
                                        Step::activity, Step::wait_and_tick, Step::wait)),
      rc::gen::set(&Move::connection, inRange(0u, kConnections)),
      rc::gen::set(&Move::user, inRange(0u, kCoreUsers)),
      rc::gen::set(&Move::wait_ms, element(0, 1, 40, 99, 100, 101)));
}
rc::Gen<std::vector<Move>> moves() {
  return rc::gen::container<std::vector<Move>>(a_move());
}

std::string core_user(unsigned user) {
  return "user" + std::to_string(user);
}

// Keeps every loss for ever and asks all of them each time.
struct Model {
  std::map<ConnectionId, std::string> connections;
  std::multimap<std::string, Instant> losses;  // of the session that goes on
  std::map<std::string, WallTime> connected_at;
  std::map<std::string, WallTime> last_active;
  std::vector<std::string> news;

  bool connected(const std::string& user) const {
    return std::any_of(connections.begin(), connections.end(),
                       [&](const auto& c) { return c.second == user; });
  }
  bool in_grace(const std::string& user, Instant now) const {
    const auto [begin, end] = losses.equal_range(user);
    return std::any_of(begin, end, [&](const auto& loss) { return now < loss.second + kCoreGrace; });
  }
  void settle(Instant now, WallTime wall) {
    for (unsigned i = 0; i < kCoreUsers; ++i) {
      const std::string user = core_user(i);
      const bool is = connected(user) || in_grace(user, now);
      if (is == connected_at.contains(user)) continue;
      news.push_back((is ? "+" : "-") + user);
      losses.erase(user);
      if (is) {
        connected_at[user] = wall;
      } else {
        connected_at.erase(user);
      }
    }
  }
  void apply(const Move& move, Instant now, WallTime wall) {
    settle(now, wall);
    const auto found = connections.find(move.connection);
    const bool known = found != connections.end();
    if (move.step == Step::connect && !known) {
      connections[move.connection] = core_user(move.user);
      losses.erase(core_user(move.user));
      touch(core_user(move.user), wall);
    } else if (move.step == Step::activity && known) {
      touch(found->second, wall);
    } else if ((move.step == Step::lose || move.step == Step::goodbye) && known) {
      if (move.step == Step::lose) losses.emplace(found->second, now);
      connections.erase(found);
    }
    settle(now, wall);
  }
  void touch(const std::string& user, WallTime wall) {
    const auto [at, added] = last_active.emplace(user, wall);
    if (!added) at->second = base::follow(at->second, wall);
  }
};

struct CoreWorld {
  Core core{{kCoreGrace, 100, 1000}};
  Model model;
  Instant now{};
  WallTime wall = wall_time(1'000'000);
  std::vector<UserChanged> changes;

  void play(const Move& move) {
    const bool waits = move.step == Step::wait || move.step == Step::wait_and_tick;
    if (waits) now += milliseconds{move.wait_ms};
    // The wall clock is not to be trusted: it jumps back now and then.
    wall += milliseconds{waits && move.connection == 0 ? -50 : move.wait_ms};
    if (move.step == Step::wait) return;
    model.apply(move, now, wall);
    switch (move.step) {
      case Step::connect:
        apply(Connect{move.connection, core_user(move.user), {}});
        break;
      case Step::lose:
        apply(Disconnect{move.connection, Ending::transport_close});
        break;
      case Step::goodbye:
        apply(Disconnect{move.connection, Ending::client_goodbye});
        break;
      case Step::activity:
        apply(Activity{move.connection});
        break;
      default:
        core.tick(now, wall, changes);
    }
  }
  void apply(const Command& command) { core.apply(command, now, wall, changes); }

  void compare() {
    std::set<std::string> online;
    for (unsigned i = 0; i < kCoreUsers; ++i) {
      const std::string user = core_user(i);
      const State state = core.state(user);
      const auto session = model.connected_at.find(user);
      RC_ASSERT(state.online == (session != model.connected_at.end()));
      if (state.online) online.insert(user);
      RC_ASSERT(state.connected_at ==
                (state.online ? std::optional(session->second) : std::optional<WallTime>{}));
      const auto active = model.last_active.find(user);
      RC_ASSERT(state.last_active == (active == model.last_active.end() ? std::optional<WallTime>{}
                                                                        : std::optional(active->second)));
    }
    RC_ASSERT(core.online_count() == online.size());
    const auto ids = core.online_ids();
    RC_ASSERT(std::set<std::string>(ids.begin(), ids.end()) == online);
    RC_ASSERT(ids.size() == online.size());
  }
};

// The changes so far, per user; they must alternate and begin with online.
std::map<std::string, bool> last_told(const std::vector<UserChanged>& changes) {
  std::map<std::string, bool> told;
  for (const UserChanged& change : changes) {
    bool& known = told[change.user_id];
    RC_ASSERT(change.before.online == known);
    RC_ASSERT(change.after.online != known);
    known = change.after.online;
  }
  return told;
}

TEST(PresenceProperty, CoreAndModelAgreeAfterEveryStep) {
  EXPECT_TRUE(rc::check([] {
    CoreWorld world;
    for (const Move& move : *moves()) {
      world.play(move);
      if (move.step != Step::wait) world.compare();
    }
    RC_ASSERT(world.changes.size() == world.model.news.size());
  }));
}

TEST(PresenceProperty, EffectsAlternatePerUserAndTheLastOneIsTheTruth) {
  EXPECT_TRUE(rc::check([] {
    CoreWorld world;
    for (const Move& move : *moves()) world.play(move);
    world.core.tick(world.now, world.wall, world.changes);
    for (const auto& [user, online] : last_told(world.changes)) {
      RC_ASSERT(world.core.state(user).online == online);
    }
  }));
}

TEST(PresenceProperty, NobodyIsLeftBehindOnceAllConnectionsAreGoneAndDeadlinesWereKept) {
  EXPECT_TRUE(rc::check([] {
    CoreWorld world;
    for (const Move& move : *moves()) world.play(move);
    for (ConnectionId id = 0; id < kConnections; ++id)
      world.apply(Disconnect{id, id % 2 == 0 ? Ending::client_goodbye : Ending::transport_close});
    const Instant all_gone = world.now;
    while (const auto deadline = world.core.deadline()) {
      RC_ASSERT(*deadline <= all_gone + kCoreGrace);
      world.now = std::max(world.now, *deadline);
      world.core.tick(world.now, world.wall, world.changes);
    }
    RC_ASSERT(world.core.online_count() == 0u);
    for (const auto& [user, online] : last_told(world.changes)) RC_ASSERT(!online);
  }));
}

TEST(PresenceProperty, WhoStaysOnlineIsOnExactlyOneOfThePages) {
  EXPECT_TRUE(rc::check([] {
    CoreWorld world;
    for (const Move& move : *moves()) world.play(move);
    const auto limit = *rc::gen::inRange<std::size_t>(1, 4);
    const auto at_first = world.core.online_ids();
    std::set<std::string> stayed(at_first.begin(), at_first.end());
    std::multiset<std::string> listed;
    std::optional<std::string> cursor;
    do {
      const auto page = world.core.online(limit, cursor);
      RC_ASSERT(page.ok());
      RC_ASSERT(page->users.size() <= limit);
      for (const OnlineUser& user : page->users) listed.insert(user.user_id);
      cursor = page->next_cursor;
      const std::size_t before = world.changes.size();
      if (cursor) world.play(*a_move());
      for (std::size_t i = before; i < world.changes.size(); ++i) {
        if (!world.changes[i].after.online) stayed.erase(world.changes[i].user_id);
      }
    } while (cursor && listed.size() < 1000);
    for (const std::string& user : stayed) RC_ASSERT(listed.count(user) == 1u);
  }));
}

}  // namespace
}  // namespace rollcall::presence
