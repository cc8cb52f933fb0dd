// Changes told in batches, and who is told that they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/test_gateway.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kBatched = R"(42["presence-mode",{"mode":"batched","windowMs":100,"timestamp":TIME}])";
const std::string kLive = R"(42["presence-mode",{"mode":"live","windowMs":0,"timestamp":TIME}])";

Config tiny_budget(std::size_t deliveries) {
  Config config = plain_config();
  config.presence.deliveries_per_second = deliveries;
  config.presence.max_window = milliseconds(100);
  return config;
}

TEST(PresenceMode, IsToldToAllWhenItChangesAndToWhoComesLaterAfterTheGreeting) {
  PresenceHost host(tiny_budget(1));
  Client first = host.user("first");
  EXPECT_THAT(heard(first), IsEmpty()) << "one delivery a second is within the budget";
  Client second = host.user("second");
  EXPECT_EQ(plain(first.next()), kBatched);
  EXPECT_EQ(plain(second.next()), kBatched);
  Client third = host.user("third");
  EXPECT_EQ(plain(third.next()), kBatched);
  EXPECT_EQ(plain(first.next()), online("second"));
}

TEST(PresenceMode, ABatchIsToldOnceTheWindowIsOver) {
  PresenceHost host(tiny_budget(1));
  Client watcher = host.user("watcher"), anna = host.user("anna"), bert = host.user("bert");
  EXPECT_EQ(plain(watcher.next()), kBatched);
  EXPECT_EQ(plain(watcher.next()), online("anna"));
  EXPECT_EQ(plain(watcher.next()), online("bert"));
  anna.send("41");
  bert.send("41");
  EXPECT_EQ(plain(watcher.next()), offline("anna"));
  EXPECT_EQ(plain(watcher.next()), offline("bert"));
}

TEST(PresenceMode, WhoIsAskedAboutInBetweenIsToldOfAsItWasSaid) {
  Config config = tiny_budget(1);
  config.presence.max_window = milliseconds(1500);  // all that follows is to happen within one
  PresenceHost host(config);
  Client watcher = host.user("watcher"), other = host.user("other");
  EXPECT_THAT(watcher.next(), StartsWith(R"(42["presence-mode",{"mode":"batched","windowMs":1500,)"));
  EXPECT_EQ(plain(watcher.next()), online("other"));
  Client anna = host.user("anna"), bert = host.user("bert");
  watcher.send(R"(421["check-user-status",{"userId":"anna"}])");
  EXPECT_THAT(
      watcher.next(),
      StartsWith(R"(431[{"status":"ok","event":"user-status","data":{"userId":"anna","online":true)"));
  anna.send("41");
  bert.send("41");
  EXPECT_EQ(plain(watcher.next()), online("anna"));
  EXPECT_EQ(plain(watcher.next()), offline("anna"));
  EXPECT_THAT(heard(watcher), Not(Contains(online("bert")))) << "who was not seen by anyone";
}

TEST(PresenceMode, IsLiveAgainWhenItHasBeenCalmForAWhile) {
  PresenceHost host(tiny_budget(1));
  Client first = host.user("first"), second = host.user("second");
  EXPECT_EQ(plain(first.next()), kBatched);
  EXPECT_EQ(plain(first.next()), online("second"));
  EXPECT_EQ(plain(first.next()), kLive);
  second.send("41");
  host.host.settle();
  EXPECT_THAT(heard(first), ElementsAre(offline("second"))) << "at once";
}

TEST(PresenceMode, OneWhoFlapsIsToldOfNowAndThenAndNobodyElseLater) {
  Config config = plain_config();
  config.presence.flap_after = 4;
  PresenceHost host(config);
  Client watcher = host.user("watcher");
  for (int i = 0; i < 3; ++i) {
    host.user("flapper").send("41");
    host.host.settle();
  }
  Client anna = host.user("anna");
  const std::vector<std::string> told = heard(watcher);
  EXPECT_EQ(told.size(), 5U);
  EXPECT_EQ(told.back(), online("anna")) << "at once";
  Client flapper = host.user("flapper");
  EXPECT_EQ(plain(watcher.next()), online("flapper")) << "once the hold is over";
}

TEST(PresenceMode, IsAlwaysLiveForWatchers) {
  Config config = tiny_budget(1);
  config.presence.broadcast = "watchers";
  PresenceHost host(config);
  Client watcher = host.user("watcher"), other = host.user("other");
  watcher.send(R"(420["subscribe-presence",{"userIds":["anna"]}])");
  EXPECT_THAT(watcher.next(), StartsWith("430["));
  for (int i = 0; i < 5; ++i) host.user("anna").send("41");
  EXPECT_THAT(heard(watcher),
              ElementsAre(online("anna"), offline("anna"), online("anna"), offline("anna"), online("anna"),
                          offline("anna"), online("anna"), offline("anna"), online("anna"), offline("anna")));
  EXPECT_THAT(heard(other), IsEmpty());
}

}  // namespace
}  // namespace rollcall::gateway
