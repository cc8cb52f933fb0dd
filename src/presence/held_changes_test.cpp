// What is left to tell of changes that were held back.
#include "presence/held_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "presence/test_changes.hpp"

namespace rollcall::presence {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kAll = 1000;

class Held : public testing::Test {
 protected:
  void online(const std::string& user) { held_.hold(came(user, wall_time(++wall_))); }
  void offline(const std::string& user) {
    ++wall_;
    held_.hold(left(user, wall_time(wall_), wall_time(wall_ - 1)));
  }
  // "+ann@3": online since time 3.
  std::vector<std::string> released(std::size_t most = kAll) {
    std::vector<UserChanged> out;
    held_.release(most, out);
    std::vector<std::string> words;
    for (const UserChanged& change : out) {
      words.push_back((is_online(change) ? "+" : "-") + change.user_id + "@" +
                      std::to_string(unix_ms(change.at)));
    }
    return words;
  }

  HeldChanges held_;
  std::int64_t wall_ = 0;
};

TEST_F(Held, IsToldOnceInTheOrderOfTheFirstChanges) {
  online("ann");
  offline("bob");
  EXPECT_THAT(released(), ElementsAre("+ann@1", "-bob@2"));
  EXPECT_THAT(released(), IsEmpty());
}

TEST_F(Held, NotMoreThanAskedForAndTheOldestFirst) {
  for (const char* user : {"ann", "bob", "cem"}) online(user);
  EXPECT_THAT(released(2), ElementsAre("+ann@1", "+bob@2"));
  EXPECT_EQ(held_.size(), 1U);
  EXPECT_THAT(released(2), ElementsAre("+cem@3"));
}

TEST_F(Held, WhoWentAndCameBackUnseenDidNothing) {
  offline("ann");
  online("bob");
  online("ann");
  EXPECT_EQ(held_.size(), 1U);
  EXPECT_THAT(released(), ElementsAre("+bob@2"));
}

TEST_F(Held, OnlyTheNewestOfManyChangesIsTold) {
  online("ann");
  offline("ann");
  online("ann");
  EXPECT_THAT(released(), ElementsAre("+ann@3"));
}

TEST_F(Held, WhoWasReadOfMeanwhileIsToldOfBothWays) {
  offline("ann");
  held_.read("ann");
  online("ann");
  EXPECT_THAT(released(), ElementsAre("-ann@1", "+ann@2"));
}

TEST_F(Held, AListIsReadOfEveryone) {
  offline("ann");
  online("bob");
  held_.read_all();
  offline("bob");
  online("ann");
  EXPECT_THAT(released(), ElementsAre("-ann@1", "+ann@4", "+bob@2", "-bob@3"));
}

TEST_F(Held, AReadOfSomeoneElseOrOfWhatWasToldChangesNothing) {
  held_.read("ann");
  held_.read_all();
  offline("ann");
  held_.read("bob");
  online("ann");
  held_.read("ann");
  held_.read_all();
  EXPECT_THAT(released(), IsEmpty());
}

TEST_F(Held, ReadOnceItIsRememberedThroughLaterChanges) {
  offline("ann");
  held_.read("ann");
  online("ann");
  offline("ann");
  online("ann");
  EXPECT_THAT(released(), ElementsAre("-ann@3", "+ann@4"));
}

TEST_F(Held, ReadAndInTheEndDifferentOneChangeSaysItAll) {
  offline("ann");
  held_.read("ann");
  online("ann");
  offline("ann");
  EXPECT_THAT(released(), ElementsAre("-ann@3"));
}

TEST_F(Held, AListReadBeforeTheLatestChangeAwayCountsOnlyIfItSawOne) {
  offline("ann");
  online("ann");  // dropped
  held_.read_all();
  offline("ann");
  online("ann");
  EXPECT_THAT(released(), IsEmpty());
}

TEST_F(Held, WhatIsToldSaysIfItMayBeKnownFromAReply) {
  offline("ann");
  held_.read("ann");
  offline("bob");
  std::vector<UserChanged> out;
  held_.release(kAll, out);
  offline("cem");
  held_.read_all();
  online("dan");
  held_.release(kAll, out);
  std::string read;
  for (const UserChanged& change : out) read += change.maybe_read ? 'y' : 'n';
  EXPECT_EQ(read, "ynyn");
}

TEST_F(Held, AChangeOfDetailsBehindAWayOutAndBackLeavesBothToBeTold) {
  offline("ann");
  held_.read("ann");
  online("ann");
  UserChanged details = came("ann", wall_time(++wall_));
  details.before.online = true;
  held_.hold(details);
  EXPECT_THAT(released(), ElementsAre("-ann@1", "+ann@3"));
}

TEST_F(Held, IdsOfAnyLengthAreFoundAgain) {
  const std::string longest(kMaxUserIdBytes, 'x');
  for (const std::string& user : {std::string("a"), longest}) {
    for (int i = 0; i < 3; ++i) {
      offline(user);
      held_.read(user);
      online(user);
    }
  }
  EXPECT_EQ(held_.size(), 2U);
  EXPECT_THAT(released(), ElementsAre("-a@5", "+a@6", "-" + longest + "@11", "+" + longest + "@12"));
}

}  // namespace
}  // namespace rollcall::presence
