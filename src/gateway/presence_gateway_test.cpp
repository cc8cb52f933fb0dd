// The requests and broadcasts of docs/protocol.md, over real connections.
#include "gateway/presence_gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/test_gateway.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string now_plus(milliseconds span) {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string((std::chrono::duration_cast<milliseconds>(since) + span).count());
}

TEST(PresenceGateway, GreetsWhomItLetsInBeforeAnythingElse) {
  PresenceHost host;
  Client watcher = host.user("watcher");
  Client client(host.host.address(), By::polling);
  EXPECT_THAT(client.connect("/", R"({"token":"anna"})"), StartsWith("40{"));
  EXPECT_EQ(plain(client.next()),
            R"(42["connected",{"userId":"anna","socketId":ID,"timestamp":TIME,"recovered":false}])");
  EXPECT_THAT(heard(client), IsEmpty());
  EXPECT_THAT(heard(watcher), ElementsAre(online("anna")));
}

TEST(PresenceGateway, TellsThoseItGreetsSoonAfterItsStartThatOthersMayStillComeBack) {
  Config config = plain_config();
  config.presence.settling = seconds(3600);
  PresenceHost host(config);
  Client client(host.host.address(), By::websocket);
  EXPECT_THAT(client.connect("/", R"({"token":"anna"})"), StartsWith("40{"));
  EXPECT_THAT(plain(client.next()),
              testing::MatchesRegex(R"(.*"recovered":false,"settlingMs":3[0-9]{6}}\])"));
}

TEST(PresenceGateway, RefusesWithTheReasonAndNobodyHearsOfIt) {
  PresenceHost host;
  Client watcher = host.user("watcher");
  const std::pair<const char*, const char*> cases[] = {{"{}", "MISSING_AUTH_TOKEN"},
                                                       {R"({"token":"bad"})", "INVALID_TOKEN"},
                                                       {R"({"token":"anna@1"})", "TOKEN_EXPIRED"}};
  for (const auto& [auth, code] : cases) {
    Client client(host.host.address(), By::websocket);
    const std::string answer = client.connect("/", auth);
    EXPECT_THAT(plain(answer), AllOf(StartsWith(R"(44{"message":"Authentication failed","data":{"code":")" +
                                                std::string(code) + R"(","details":")"),
                                     HasSubstr(R"("timestamp":TIME}})")));
  }
  EXPECT_THAT(heard(watcher), IsEmpty());
  EXPECT_EQ(host.online_count(), 1U);
}

TEST(PresenceGateway, AnswersByAcknowledgementIfOneIsAskedFor) {
  PresenceHost host;
  Client anna = host.user("anna");
  const auto ask = [&](const std::string& event) {
    anna.send("421[" + event + "]");
    return plain(anna.next());
  };
  const std::string status = R"({"userId":"anna","online":true,"lastActive":TIME,"connectedAt":TIME)";
  const std::string nobody = R"({"userId":"?","online":false,"lastActive":null,"connectedAt":null)";
  const auto ok = [](const std::string& event, const std::string& data) {
    return R"(431[{"status":"ok","event":")" + event + R"(","data":)" + data + "}]";
  };
  EXPECT_EQ(ask(R"("check-user-status",{"userId":"anna"})"),
            ok("user-status", status + R"(,"timestamp":TIME})"));
  EXPECT_EQ(ask(R"("check-users-status",{"userIds":["?","anna","?"]})"),
            ok("users-status",
               R"({"statuses":[)" + nobody + "}," + status + "}," + nobody + R"(}],"timestamp":TIME})"));
  EXPECT_EQ(ask(R"("get-online-users")"),
            ok("online-users", R"({"users":[{"userId":"anna","email":"anna@example.com","role":null,)"
                               R"("connectedAt":TIME,"lastActive":TIME}],"count":1,"timestamp":TIME})"));
  EXPECT_EQ(ask(R"("heartbeat",{})"), ok("heartbeat-ack", R"({"timestamp":TIME,"lastActive":TIME})"));
  EXPECT_EQ(ask(R"("subscribe-presence",{"userIds":["?"]})"),
            ok("presence-subscribed", R"({"statuses":[)" + nobody + R"(}],"timestamp":TIME})"));
  EXPECT_EQ(ask(R"("unsubscribe-presence",{"userIds":["?"]})"),
            ok("presence-unsubscribed", R"({"count":0,"timestamp":TIME})"));
  EXPECT_EQ(ask(R"("refresh-token",{"token":"anna"})"),
            ok("token-refreshed", R"({"expiresAt":null,"timestamp":TIME})"));
}

TEST(PresenceGateway, AnswersByAnEventIfNoAcknowledgementIsAskedFor) {
  PresenceHost host;
  Client anna = host.user("anna", By::polling);
  anna.send_all({R"(42["heartbeat"])", R"(42["check-user-status",{"userId":""}])", R"(42["no-such-event"])"});
  EXPECT_EQ(plain(anna.next()), R"(42["heartbeat-ack",{"timestamp":TIME,"lastActive":TIME}])");
  EXPECT_THAT(anna.next(),
              StartsWith(R"(42["exception",{"status":"error","code":"INVALID_PAYLOAD","message":"userId)"));
  EXPECT_THAT(heard(anna), IsEmpty());
}

TEST(PresenceGateway, AcknowledgesWhatItCannotServeWithAnErrorAndStays) {
  Config config = plain_config();
  config.presence.max_batch_ids = 2;
  PresenceHost host(config);
  Client anna = host.user("anna");
  const std::pair<const char*, const char*> cases[] = {
      {R"("no-such-event")", "UNKNOWN_EVENT"},
      {R"("heartbeat",5)", "INVALID_PAYLOAD"},
      {R"("check-users-status",{"userIds":["a","b","c"]})", "TOO_MANY_USERS"},
      {R"("get-online-users",{"cursor":"x"})", "INVALID_PAYLOAD"},
      {R"("refresh-token",{"token":"bad"})", "FORBIDDEN"},
      {R"("refresh-token",{"token":"bert"})", "FORBIDDEN"}};
  for (const auto& [event, code] : cases) {
    anna.send("421[" + std::string(event) + "]");
    EXPECT_THAT(anna.next(), StartsWith(R"(431[{"status":"error","code":")" + std::string(code) + "\""))
        << event;
  }
}

TEST(PresenceGateway, TellsEveryoneButTheUsersOwnConnections) {
  PresenceHost host;
  Client watcher = host.user("watcher", By::polling), first = host.user("anna"), second = host.user("anna");
  EXPECT_THAT(heard(watcher), ElementsAre(online("anna")));
  first.send("41");
  EXPECT_THAT(heard(second), IsEmpty());
  EXPECT_THAT(heard(watcher), IsEmpty());
  second.send("41");
  EXPECT_EQ(plain(watcher.next()), offline("anna"));
  EXPECT_EQ(host.online_count(), 1U);
}

TEST(PresenceGateway, GivesOneWhoIsLostTheTimeToComeBack) {
  Config config = plain_config();
  config.presence.offline_grace = seconds(60);
  PresenceHost host(config);
  Client watcher = host.user("watcher"), lost = host.user("anna");
  EXPECT_THAT(heard(watcher), ElementsAre(online("anna")));
  lost.lose();
  host.host.settle();
  EXPECT_EQ(host.online_count(), 2U);
  Client back = host.user("anna");
  back.send("41");
  EXPECT_EQ(plain(watcher.next()), offline("anna"));
}

TEST(PresenceGateway, TellsThatOneWhoIsLostIsGoneWhenTheGraceIsOver) {
  PresenceHost host;
  Client watcher = host.user("watcher"), lost = host.user("anna");
  lost.lose();
  EXPECT_EQ(plain(watcher.next()), online("anna"));
  EXPECT_EQ(plain(watcher.next()), offline("anna"));
}

TEST(PresenceGateway, TellsOnlyWatchersIfSoConfigured) {
  Config config = plain_config();
  config.presence.broadcast = "watchers";
  PresenceHost host(config);
  Client watcher = host.user("watcher"), other = host.user("other");
  watcher.send(R"(420["subscribe-presence",{"userIds":["anna","bert","watcher"]}])");
  EXPECT_THAT(watcher.next(), StartsWith(R"(430[{"status":"ok")"));
  Client anna = host.user("anna"), bert = host.user("bert"), carl = host.user("carl");
  EXPECT_THAT(heard(watcher), ElementsAre(online("anna"), online("bert")));
  watcher.send(R"(420["unsubscribe-presence",{"userIds":["bert"]}])");
  EXPECT_THAT(watcher.next(), HasSubstr(R"("count":2)"));
  bert.send("41");
  anna.send("41");
  EXPECT_EQ(plain(watcher.next()), offline("anna"));
  EXPECT_THAT(heard(watcher), IsEmpty());
  EXPECT_THAT(heard(other), IsEmpty());
  EXPECT_THAT(heard(carl), IsEmpty());
}

TEST(PresenceGateway, LetsAConnectionWatchOnlySoManyUsersButTheSameOnesAgain) {
  PresenceHost host;
  Client anna = host.user("anna");
  const auto subscribe = [&](int first) {
    std::string ids;
    for (int i = first; i < first + 1000; ++i)
      ids += (ids.empty() ? "\"u" : ",\"u") + std::to_string(i) + "\"";
    anna.send(R"(420["subscribe-presence",{"userIds":[)" + ids + "]}]");
    return anna.next();
  };
  for (int first = 0; first < 10'000; first += 1000)
    EXPECT_THAT(subscribe(first), StartsWith(R"(430[{"status":"ok")"));
  EXPECT_THAT(subscribe(10'000), StartsWith(R"(430[{"status":"error","code":"TOO_MANY_USERS")"));
  // As a client does that subscribes whenever it has connected, and has been recovered.
  EXPECT_THAT(subscribe(3000), StartsWith(R"(430[{"status":"ok")"));
  const auto unsubscribe = [&](const std::string& ids) {
    anna.send(R"(420["unsubscribe-presence",{"userIds":[)" + ids + "]}]");
    return anna.next();
  };
  EXPECT_THAT(subscribe(9001), HasSubstr("this one watches 10000")) << "one too many: none of them is kept";
  EXPECT_THAT(unsubscribe(R"("u10000","u9999","u9999","nobody")"), HasSubstr(R"("count":9999)"));
  EXPECT_THAT(subscribe(9000), StartsWith(R"(430[{"status":"ok")"));
  EXPECT_THAT(unsubscribe(R"("nobody")"), HasSubstr(R"("count":10000)"));
}

TEST(PresenceGateway, RefusesMoreConnectionsThanAUserMayHave) {
  Config config = plain_config();
  config.limits.connections_per_user = 2;
  PresenceHost host(config);
  Client one = host.user("anna"), two = host.user("anna"), other = host.user("bert");
  Client three(host.host.address(), By::websocket);
  EXPECT_THAT(three.connect("/", R"({"token":"anna"})"), HasSubstr(R"("code":"TOO_MANY_CONNECTIONS")"));
  one.send("41");
  host.host.settle();
  EXPECT_THAT(three.connect("/", R"({"token":"anna"})"), StartsWith("40{"));
}

// A pid that a client shows when it comes back, as the answer to its CONNECT said.
std::string connect_as(Client& client, const std::string& user) {
  static const std::regex kPid(R"re("pid":"([^"]*)")re");
  const std::string answer = client.connect("/", R"({"token":")" + user + R"("})");
  std::smatch pid;
  return std::regex_search(answer, pid, kPid) ? pid[1].str() : "";
}

TEST(PresenceGateway, AtTheLimitAClientStillTakesItsLivingConnectionOver) {
  Config config = plain_config();
  config.limits.connections_per_user = 2;
  PresenceHost host(config, server::test::with_recovery());
  Client one(host.host.address(), By::websocket), two(host.host.address(), By::websocket);
  const std::string pid = connect_as(one, "anna");
  EXPECT_THAT(connect_as(two, "anna"), Not(IsEmpty()));
  const auto connect_with = [&](const std::string& user, const std::string& shown) {
    Client client(host.host.address(), By::websocket);
    const std::string answer = client.connect("/", R"({"token":")" + user + R"(","pid":")" + shown + R"("})");
    return std::pair(std::move(client), answer);
  };
  EXPECT_THAT(connect_with("anna", "no" + pid.substr(2)).second, HasSubstr("TOO_MANY_CONNECTIONS"));
  EXPECT_THAT(one.next(), StartsWith(R"(42["connected")")) << "it stays";
  const auto [back, answer] = connect_with("anna", pid);
  EXPECT_THAT(answer, HasSubstr(pid));
  EXPECT_THAT(one.next(), StartsWith("close"));
  EXPECT_THAT(connect_with("anna", "").second, HasSubstr("TOO_MANY_CONNECTIONS")) << "there are two again";
}

TEST(PresenceGateway, AtTheLimitNobodyTakesOverAnotherUsersConnection) {
  Config config = plain_config();
  config.limits.connections_per_user = 1;
  PresenceHost host(config, server::test::with_recovery());
  Client anna(host.host.address(), By::websocket), bert = host.user("bert");
  const std::string pid = connect_as(anna, "anna");
  Client again(host.host.address(), By::websocket);
  EXPECT_THAT(again.connect("/", R"({"token":"bert","pid":")" + pid + R"("})"),
              HasSubstr("TOO_MANY_CONNECTIONS"));
  EXPECT_THAT(heard(anna).front(), StartsWith(R"(42["connected")"));
}

// What a client has lost by the time it comes back counts no more, and has no place to give.
TEST(PresenceGateway, AtTheLimitASessionThatIsKnownToBeBrokenMakesNoRoom) {
  Config config = plain_config();
  config.limits.connections_per_user = 1;
  PresenceHost host(config, server::test::with_recovery());
  Client lost(host.host.address(), By::websocket);
  const std::string pid = connect_as(lost, "anna");
  lost.lose();
  host.host.settle();
  const Client other = host.user("anna");
  Client again(host.host.address(), By::websocket);
  EXPECT_THAT(again.connect("/", R"({"token":"anna","pid":")" + pid + R"("})"),
              HasSubstr("TOO_MANY_CONNECTIONS"));
}

TEST(PresenceGateway, ServesOnlySoManyEventsASecond) {
  Config config = plain_config();
  config.limits.events_per_second = 1;
  config.limits.event_burst = 3;
  PresenceHost host(config);
  Client anna = host.user("anna"), bert = host.user("bert");
  std::string four;  // at once, for a second later there is room for another
  for (int i = 0; i < 4; ++i) four += server::test::packet_frame(R"(421["heartbeat"])");
  anna.websocket().write(four);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(anna.until("431[").size(), i == 0 ? 1U : 0U);
  EXPECT_THAT(anna.next(), StartsWith(R"(431[{"status":"error","code":"RATE_LIMITED")"));
  EXPECT_THAT(heard(bert), IsEmpty());
}

TEST(PresenceGateway, ARequestForManyUsersCountsAsManyAndTheRefusalSaysWhenToComeBack) {
  Config config = plain_config();
  config.limits.events_per_second = 1;
  config.limits.event_burst = 6;
  PresenceHost host(config);
  Client anna = host.user("anna");
  std::string ids = "\"u\"";
  for (int i = 1; i < 500; ++i) ids += ",\"u" + std::to_string(i) + "\"";
  // One, and five for 500 ids.
  anna.websocket().write(
      server::test::packet_frame(R"(421["check-users-status",{"userIds":[)" + ids + "]}]") +
      server::test::packet_frame(R"(421["heartbeat"])"));
  EXPECT_THAT(anna.next(), StartsWith(R"(431[{"status":"ok")"));
  EXPECT_THAT(
      anna.next(),
      AllOf(StartsWith(R"(431[{"status":"error","code":"RATE_LIMITED","message":"More than 1 events a )"
                       R"(second on this connection (each 100 ids count as one more))"),
            HasSubstr("Send it again in ")));
}

TEST(PresenceGateway, AUsersConnectionsShareABudgetThatIsNobodyElses) {
  Config config = plain_config();
  config.limits.user_events_per_second = 1;
  config.limits.user_event_burst = 3;
  PresenceHost host(config);
  Client one = host.user("anna"), two = host.user("anna"), bert = host.user("bert");
  EXPECT_THAT(heard(one), ElementsAre(online("bert")));
  heard(two);
  heard(one);
  const std::string more = server::test::packet_frame(R"(421["heartbeat"])");
  two.websocket().write(more + more + more + more);  // at least one is too many, however late they come
  EXPECT_THAT(two.next(4).back(), AllOf(StartsWith(R"(431[{"status":"error","code":"RATE_LIMITED")"),
                                        HasSubstr("on this user's connections together")));
  EXPECT_THAT(heard(bert), IsEmpty());
}

TEST(PresenceGateway, AfterTheClockWasSetForwardTokensThatHaveEndedEndTheirConnections) {
  PresenceHost host;
  Client anna = host.user("anna@" + now_plus(seconds(3600))),
         bert = host.user("bert@" + now_plus(seconds(90'000)));
  EXPECT_EQ(plain(anna.next()), online("bert"));
  host.host.call([&] {
    host.gateway.clock_set(seconds(7200));
    return 0;
  });
  EXPECT_THAT(anna.next(), StartsWith(R"(42["authentication_error",{"code":"TOKEN_EXPIRED")"));
  EXPECT_EQ(plain(bert.next()), offline("anna"));
}

TEST(PresenceGateway, AfterTheClockWasSetBackNobodyIsEndedForIt) {
  PresenceHost host;
  Client anna = host.user("anna@" + now_plus(milliseconds(1000)));
  Client bert = host.user("bert@" + now_plus(milliseconds(1001)));
  EXPECT_EQ(plain(anna.next()), online("bert"));
  host.host.call([&] {
    host.gateway.clock_set(-seconds(7200));
    return 0;
  });
  bert.send(R"(420["refresh-token",{"token":"bert@)" + now_plus(milliseconds(1100)) + "\"}]");
  EXPECT_THAT(bert.next(), StartsWith("430["));
  EXPECT_EQ(plain(anna.next()), offline("bert"));  // by when anna's timer would have ended her
  EXPECT_THAT(heard(anna), IsEmpty());
}

TEST(PresenceGateway, ClosesAConnectionWhoseTokenRunsOut) {
  PresenceHost host;
  for (const By by : {By::websocket, By::polling}) {
    Client anna = host.brief_user("anna", by);
    EXPECT_THAT(anna.next(), StartsWith(R"(42["authentication_error",{"code":"TOKEN_EXPIRED")"));
    EXPECT_EQ(anna.next(), by == By::polling ? "1" : "close 1000");
  }
}

TEST(PresenceGateway, KeepsAConnectionWhoseTokenIsRefreshedInTime) {
  PresenceHost host;
  Client anna = host.user("anna@" + now_plus(milliseconds(1500)));
  Client bert = host.user("bert@" + now_plus(milliseconds(1501)));
  anna.send(R"(420["refresh-token",{"token":"anna@)" + now_plus(seconds(3600)) + "\"}]");
  EXPECT_EQ(plain(anna.next()), online("bert"));
  EXPECT_EQ(plain(anna.next()),
            R"(430[{"status":"ok","event":"token-refreshed","data":{"expiresAt":TIME,"timestamp":TIME}}])");
  EXPECT_EQ(plain(anna.next()), offline("bert"));  // after its token ran out, and so would anna's have
  EXPECT_THAT(heard(anna), IsEmpty());
}

}  // namespace
}  // namespace rollcall::gateway
