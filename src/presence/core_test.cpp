// The stories of presence, in the order in which to read them: coming, staying, leaving, being
// remembered. core_list_test.cpp has the list, core_property_test.cpp what holds for every story.
#include "presence/presence_story.hpp"

namespace rollcall::presence {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(Presence, AUserNeverSeenIsOfflineAndNothingIsKnownOfThem) {
  const State state = core_.state("ann");
  EXPECT_FALSE(state.online);
  EXPECT_EQ(state.last_active, std::nullopt);
  EXPECT_EQ(state.connected_at, std::nullopt);
}

TEST_F(Presence, TheFirstConnectionMakesAUserOnlineAndTheSecondIsNoNews) {
  connect(1, "ann");
  ASSERT_EQ(changes_.size(), 1u);
  EXPECT_EQ(edge_of(changes_[0]), Edge::online);
  EXPECT_EQ(changes_[0].at, wall_);
  EXPECT_EQ(changes_[0].before.last_active, std::nullopt);
  EXPECT_EQ(changes_[0].after.connected_at, wall_);
  const WallTime began = wall_;
  pass(milliseconds{500});
  connect(2, "ann");
  EXPECT_THAT(news(), ElementsAre("+ann"));
  const State state = core_.state("ann");
  EXPECT_TRUE(state.online);
  EXPECT_EQ(state.connected_at, began);
  EXPECT_EQ(state.last_active, wall_);
  EXPECT_EQ(core_.online_count(), 1u);
}

TEST_F(Presence, OnlyTheLastGoodbyeMakesAUserOfflineAndItDoesSoAtOnce) {
  connect(1, "ann");
  connect(2, "ann");
  const WallTime active = wall_;
  news();
  pass(seconds{9});
  goodbye(1);
  EXPECT_THAT(news(), IsEmpty());
  goodbye(2);
  ASSERT_EQ(changes_.size(), 1u);
  EXPECT_EQ(edge_of(changes_[0]), Edge::offline);
  EXPECT_EQ(changes_[0].user_id, "ann");
  EXPECT_EQ(changes_[0].at, wall_);
  EXPECT_EQ(changes_[0].before.connected_at, active);
  EXPECT_EQ(changes_[0].after.connected_at, std::nullopt);
  EXPECT_EQ(changes_[0].after.last_active, active);
  EXPECT_EQ(core_.deadline(), std::nullopt);
  EXPECT_EQ(core_.online_count(), 0u);
}

TEST_F(Presence, AUserWhoseConnectionBrokeIsOfflineWhenTheGraceEndsAndNotBefore) {
  connect(1, "ann");
  news();
  lose(1);
  EXPECT_TRUE(core_.state("ann").online);
  ASSERT_EQ(core_.deadline(), now_ + kGrace);
  pass(kGrace - milliseconds{1});
  tick();
  EXPECT_THAT(news(), IsEmpty());
  pass(milliseconds{1});
  tick();
  EXPECT_THAT(news(), ElementsAre("-ann"));
  EXPECT_FALSE(core_.state("ann").online);
  EXPECT_EQ(core_.deadline(), std::nullopt);
}

TEST_F(Presence, ReconnectingInsideTheGraceIsInvisible) {
  connect(1, "ann");
  const WallTime began = wall_;
  news();
  lose(1);
  pass(kGrace - milliseconds{1});
  connect(2, "ann");
  pass(seconds{60});
  tick();
  EXPECT_THAT(news(), IsEmpty());
  EXPECT_EQ(core_.state("ann").connected_at, began);
  EXPECT_EQ(core_.deadline(), std::nullopt);
}

TEST_F(Presence, ReconnectingAfterTheGraceIsANewSessionEvenIfTheTickCameLate) {
  connect(1, "ann");
  news();
  lose(1);
  pass(kGrace);
  connect(2, "ann");
  EXPECT_THAT(news(), ElementsAre("-ann", "+ann"));
  EXPECT_EQ(core_.state("ann").connected_at, wall_);
}

TEST_F(Presence, EveryLossBeginsItsOwnGrace) {
  connect(1, "ann");
  news();
  lose(1);
  pass(milliseconds{1500});
  connect(2, "ann");
  lose(2);
  pass(milliseconds{1500});
  tick();
  EXPECT_THAT(news(), IsEmpty());
  pass(milliseconds{500});
  tick();
  EXPECT_THAT(news(), ElementsAre("-ann"));
}

TEST_F(Presence, AGoodbyeDoesNotSpeakForAnotherTabThatBroke) {
  connect(1, "ann");
  connect(2, "ann");
  news();
  lose(1);
  pass(milliseconds{500});
  tick();
  goodbye(2);
  EXPECT_THAT(news(), IsEmpty());
  pass(milliseconds{1500});
  tick();
  EXPECT_THAT(news(), ElementsAre("-ann"));
}

TEST_F(Presence, AGoodbyeAfterComingBackInsideTheGraceIsMeant) {
  connect(1, "ann");
  lose(1);
  pass(milliseconds{500});
  connect(2, "ann");
  goodbye(2);
  EXPECT_THAT(news(), ElementsAre("+ann", "-ann"));
}

TEST_F(Presence, AGraceThatEndedWhileAnotherTabLivedDelaysNoGoodbye) {
  connect(1, "ann");
  connect(2, "ann");
  lose(1);
  pass(kGrace);
  tick();
  goodbye(2);
  EXPECT_THAT(news(), ElementsAre("+ann", "-ann"));
}

TEST_F(Presence, AGraceOfAnEarlierSessionDoesNotEndTheNextOne) {
  connect(1, "ann");
  lose(1);
  pass(milliseconds{500});
  connect(2, "ann");
  goodbye(2);
  connect(3, "ann");
  lose(3);
  EXPECT_THAT(news(), ElementsAre("+ann", "-ann", "+ann"));
  pass(kGrace - milliseconds{500});
  tick();
  EXPECT_THAT(news(), IsEmpty());
  pass(milliseconds{500});
  tick();
  EXPECT_THAT(news(), ElementsAre("-ann"));
}

TEST_F(Presence, GracesOfSeveralUsersEndInTheOrderTheyBegan) {
  for (ConnectionId id = 1; id <= 3; ++id) connect(id, std::string(1, static_cast<char>('a' + id)));
  news();
  lose(2);
  lose(3);
  pass(milliseconds{10});
  lose(1);
  pass(kGrace);
  tick();
  EXPECT_THAT(news(), ElementsAre("-c", "-d", "-b"));
}

TEST(PresenceWithoutGrace, ABrokenConnectionIsLikeAGoodbye) {
  Core core({milliseconds{0}, 100, 100});
  std::vector<UserChanged> changes;
  core.apply(Connect{1, "ann", {}}, Instant{}, wall_time(0), changes);
  core.apply(Disconnect{1, Ending::transport_close}, Instant{}, wall_time(0), changes);
  EXPECT_EQ(changes.size(), 2u);
  EXPECT_EQ(core.online_count(), 0u);
  EXPECT_EQ(core.deadline(), std::nullopt);
}

TEST_F(Presence, LastActiveFollowsThePersonOnAnyConnection) {
  connect(1, "ann");
  connect(2, "ann");
  pass(seconds{5});
  activity(1);
  EXPECT_EQ(core_.state("ann").last_active, wall_);
  EXPECT_EQ(core_.last_active(2), wall_);
  const WallTime active = wall_;
  pass(seconds{5});
  goodbye(1);
  goodbye(2);
  EXPECT_EQ(core_.state("ann").last_active, active);
  EXPECT_EQ(core_.last_active(2), std::nullopt);
}

TEST_F(Presence, LastActiveFollowsAWallClockThatIsSetBack) {
  connect(1, "ann");
  wall_ -= seconds{3600};
  activity(1);
  EXPECT_EQ(core_.state("ann").last_active, wall_);
  goodbye(1);
  connect(2, "ann");
  EXPECT_EQ(core_.state("ann").last_active, wall_);
  EXPECT_EQ(core_.state("ann").connected_at, wall_);
}

TEST_F(Presence, LastActiveDoesNotGoBackForAWorkerWhoseClockWasReadEarlier) {
  connect(1, "ann");
  const WallTime active = wall_;
  wall_ -= milliseconds{50};
  activity(1);
  EXPECT_EQ(core_.state("ann").last_active, active);
}

TEST_F(Presence, CommandsAboutUnknownOrDoubledConnectionsDoNothing) {
  lose(7);
  goodbye(7);
  activity(7);
  connect(1, "ann");
  connect(1, "ann");
  connect(1, "bob");
  EXPECT_THAT(news(), ElementsAre("+ann"));
  goodbye(1);
  goodbye(1);
  lose(1);
  EXPECT_THAT(news(), ElementsAre("-ann"));
  EXPECT_FALSE(core_.state("bob").online);
  EXPECT_EQ(core_.deadline(), std::nullopt);
}

TEST_F(Presence, AUserMayHaveAsManyConnectionsAsAreAllowed) {
  for (ConnectionId id = 1; id <= 3; ++id) {
    EXPECT_TRUE(core_.may_connect("ann"));
    connect(id, "ann");
  }
  EXPECT_FALSE(core_.may_connect("ann"));
  EXPECT_TRUE(core_.may_connect("bob"));
  lose(2);
  EXPECT_TRUE(core_.may_connect("ann"));
}

TEST_F(Presence, AConnectionOverTheLimitStillCountsForTheTruth) {
  for (ConnectionId id = 1; id <= 4; ++id) connect(id, "ann");
  for (ConnectionId id = 1; id <= 3; ++id) goodbye(id);
  EXPECT_TRUE(core_.state("ann").online);
}

TEST_F(Presence, ImpossibleIdsMayNotConnectAndDoNotCount) {
  const std::string longest(kMaxUserIdBytes, 'x');
  EXPECT_TRUE(core_.may_connect(longest));
  EXPECT_FALSE(core_.may_connect(longest + "x"));
  EXPECT_FALSE(core_.may_connect(""));
  connect(1, "");
  connect(2, longest + "x");
  connect(3, longest);
  EXPECT_THAT(news(), ElementsAre("+" + longest));
}

TEST_F(Presence, TellsWhyAUserIsOnlineOrOffline) {
  EXPECT_FALSE(core_.account("a").state.online);
  EXPECT_EQ(core_.account("a").ended_at, std::nullopt);
  connect(1, "a");
  connect(2, "a");
  Account account = core_.account("a");
  EXPECT_TRUE(account.state.online);
  EXPECT_EQ(account.connections, 2U);
  EXPECT_EQ(account.grace_ends, std::nullopt);
  EXPECT_EQ(account.ended_at, std::nullopt);
  core_.apply(Disconnect{1, Ending::ping_timeout}, now_, wall_, changes_);
  core_.apply(Disconnect{2, Ending::client_goodbye}, now_, wall_, changes_);
  account = core_.account("a");  // kept by the one that broke
  EXPECT_TRUE(account.state.online);
  EXPECT_EQ(account.connections, 0U);
  EXPECT_EQ(account.grace_ends, now_ + kGrace);
  EXPECT_EQ(account.ending, Ending::ping_timeout);
  pass(kGrace);
  tick();
  account = core_.account("a");
  EXPECT_FALSE(account.state.online);
  EXPECT_EQ(account.grace_ends, std::nullopt);
  EXPECT_EQ(account.ended_at, wall_);
  EXPECT_EQ(account.ending, Ending::ping_timeout);
  EXPECT_EQ(account.state.connected_at, std::nullopt);
}

TEST_F(Presence, TellsHowTheLastSessionEndedUntilTheNextBegins) {
  connect(1, "a");
  core_.apply(Disconnect{1, Ending::server_goodbye}, now_, wall_, changes_);
  EXPECT_EQ(core_.account("a").ending, Ending::server_goodbye);
  const WallTime ended = wall_;
  pass(seconds(5));
  EXPECT_EQ(core_.account("a").ended_at, ended);
  connect(2, "a");
  EXPECT_EQ(core_.account("a").ended_at, std::nullopt);
  EXPECT_EQ(core_.account("a").state.connected_at, wall_);
}

TEST_F(Presence, CountsConnectionsOfAUserAndOfAll) {
  connect(1, "a");
  connect(2, "a");
  connect(3, "b");
  EXPECT_EQ(core_.connections("a"), 2U);
  EXPECT_EQ(core_.connections("c"), 0U);
  EXPECT_EQ(core_.connections(), 3U);
  goodbye(1);
  goodbye(3);
  EXPECT_EQ(core_.connections("a"), 1U);
  EXPECT_EQ(core_.connections("b"), 0U);
  EXPECT_EQ(core_.connections(), 1U);
}

TEST_F(Presence, ForgetsTheUserWhoLeftFirstFirst) {
  const std::vector<std::string> users = {"a", "b", "c", "d", "e"};
  for (ConnectionId id = 0; id < users.size(); ++id) connect(id, users[id]);
  for (ConnectionId id = 0; id < 4; ++id) goodbye(id);
  connect(10, "a");  // comes back and leaves again: now b has been away longest
  goodbye(10);
  EXPECT_NE(core_.state("b").last_active, std::nullopt);
  goodbye(4);
  EXPECT_EQ(core_.state("b").last_active, std::nullopt);
  for (const char* user : {"a", "c", "d", "e"})
    EXPECT_NE(core_.state(user).last_active, std::nullopt) << user;
}

TEST(PresenceWithoutMemory, NobodyIsRememberedButOnlineUsersAreKnown) {
  Core core({kGrace, 100, 0});
  std::vector<UserChanged> changes;
  for (ConnectionId id = 1; id <= 100; ++id) {
    core.apply(Connect{id, "user" + std::to_string(id), {}}, Instant{}, wall_time(1), changes);
  }
  for (ConnectionId id = 1; id <= 99; ++id)
    core.apply(Disconnect{id, Ending::client_goodbye}, Instant{}, wall_time(1), changes);
  EXPECT_EQ(core.state("user1").last_active, std::nullopt);
  EXPECT_TRUE(core.state("user100").online);
  EXPECT_THAT(core.online_ids(), ElementsAre("user100"));
}

}  // namespace
}  // namespace rollcall::presence
