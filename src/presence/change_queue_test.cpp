#include "presence/change_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "presence/test_changes.hpp"

namespace rollcall::presence {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

UserChanged on(const std::string& user) {
  return came(user, wall_time(1));
}
UserChanged off(const std::string& user) {
  return left(user, wall_time(2), wall_time(1));
}

// "+anna", "-anna".
std::vector<std::string> names(const std::vector<UserChanged>& changes) {
  std::vector<std::string> names;
  for (const UserChanged& change : changes) {
    const bool online = is_online(change);
    names.push_back((online ? "+" : "-") + change.user_id);
  }
  return names;
}

TEST(ChangeQueue, GivesEveryChangeInOrder) {
  ChangeQueue queue(10);
  EXPECT_TRUE(queue.empty());
  for (const UserChanged& change : {on("a"), on("b"), off("a"), on("a")}) queue.add(change);
  EXPECT_FALSE(queue.empty());
  EXPECT_THAT(names(queue.take()), ElementsAre("+a", "+b", "-a", "+a"));
  EXPECT_TRUE(queue.empty());
  EXPECT_THAT(queue.take(), IsEmpty());
}

TEST(ChangeQueue, BeyondItsLimitKeepsWhatIsNewestOfEachUser) {
  ChangeQueue queue(2);
  for (const UserChanged& change : {on("a"), on("b"), off("a"), on("c"), on("a"), off("b"), off("c")})
    queue.add(change);
  EXPECT_THAT(names(queue.take()), ElementsAre("+a", "+b", "-b"));
}

TEST(ChangeQueue, HasAnotherLimitfulOnceItIsTaken) {
  ChangeQueue queue(1);
  queue.add(on("a"));
  queue.take();
  queue.add(off("a"));
  queue.add(on("a"));
  queue.add(off("a"));
  EXPECT_THAT(names(queue.take()), ElementsAre("-a"));
}

TEST(ChangeQueue, AlternatesForEachUserAndEndsWithTheTruthHoweverFull) {
  std::mt19937 random(7);
  ChangeQueue queue(5);
  std::map<std::string, bool> truth;
  std::map<std::string, bool> heard;
  for (int round = 0; round < 2000; ++round) {
    const std::string user(1, static_cast<char>('a' + random() % 8));
    truth[user] = !truth[user];
    queue.add(truth[user] ? on(user) : off(user));
    if (random() % 16 != 0) continue;
    const auto taken = queue.take();
    EXPECT_LE(taken.size(), 5U + 8U);
    for (const UserChanged& change : taken) {
      const bool online = is_online(change);
      bool& known = heard[change.user_id];
      EXPECT_NE(known, online);
      known = online;
    }
    for (const auto& [name, online] : truth) EXPECT_EQ(heard[name], online) << name;
  }
}

}  // namespace
}  // namespace rollcall::presence
