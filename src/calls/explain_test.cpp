#include "calls/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"

namespace rollcall::calls {
namespace {

using presence::Ending;
using testing::AllOf;
using testing::HasSubstr;

constexpr WallTime kNow = wall_time(1'767'530'096'789);  // 2026-01-04T12:34:56.789Z

Explanation offline(Ending ending) {
  Explanation facts;
  facts.user_id = "ann";
  facts.account.ended_at = kNow - seconds(60);
  facts.account.ending = ending;
  facts.offline_grace = milliseconds(2000);
  facts.started_at = kNow - seconds(3600);
  return facts;
}

Explanation online() {
  Explanation facts = offline(Ending::unknown);
  facts.account.ended_at.reset();
  facts.account.state = {true, kNow - seconds(1), kNow - seconds(10)};
  return facts;
}

ConnectionFacts connection(const char* id, const char* transport, int age) {
  return {static_cast<presence::ConnectionId>(1000 - age),
          id,
          "/ws",
          transport,
          "203.0.113.0/24",
          kNow - seconds(age),
          kNow - seconds(2),
          kNow - seconds(1)};
}

std::string because(Explanation facts) {
  const auto json = base::json::parse(explanation(std::move(facts), kNow));
  EXPECT_TRUE(json.ok());
  return std::string(json->as_object().at("because").as_string());
}

TEST(Explanation, HasAllThatIsKnown) {
  Explanation facts = online();
  facts.connections = {connection("two", "polling", 5), connection("one", "websocket", 10)};
  facts.connections[1].network.clear();
  EXPECT_EQ(
      explanation(facts, kNow),
      R"({"userId":"ann","online":true,)"
      R"("because":"Online since 2026-01-04T12:34:46.789Z: 2 connections are open, 1 by websocket and 1 by polling.",)"
      R"("connectedAt":"2026-01-04T12:34:46.789Z","lastActive":"2026-01-04T12:34:55.789Z","connections":[)"
      R"({"socketId":"one","namespace":"/ws","transport":"websocket","network":null,)"
      R"("since":"2026-01-04T12:34:46.789Z","lastPong":"2026-01-04T12:34:54.789Z","lastActive":"2026-01-04T12:34:55.789Z"},)"
      R"({"socketId":"two","namespace":"/ws","transport":"polling","network":"203.0.113.0/24",)"
      R"("since":"2026-01-04T12:34:51.789Z","lastPong":"2026-01-04T12:34:54.789Z","lastActive":"2026-01-04T12:34:55.789Z"}],)"
      R"("grace":null,"lastSession":null,"timestamp":"2026-01-04T12:34:56.789Z"})");
}

TEST(Explanation, SaysThatAConnectionIsOpen) {
  Explanation facts = online();
  facts.connections = {connection("one", "websocket", 10)};
  EXPECT_EQ(because(facts), "Online since 2026-01-04T12:34:46.789Z: 1 connection is open, 1 by websocket.");
}

TEST(Explanation, SaysHowLongAGraceLasts) {
  Explanation facts = online();
  facts.account.ending = Ending::ping_timeout;
  facts.grace_ends = kNow + seconds(1);
  EXPECT_EQ(
      because(facts),
      "Online since 2026-01-04T12:34:46.789Z: the last connection broke: its client did not answer a ping in "
      "time, and the user has until 2026-01-04T12:34:57.789Z to come back (the grace is 2000 ms).");
  EXPECT_THAT(explanation(facts, kNow),
              HasSubstr(R"("grace":{"endsAt":"2026-01-04T12:34:57.789Z","reason":"ping-timeout"})"));
}

TEST(Explanation, SaysWhenItLookedInTheMiddleOfAChange) {
  EXPECT_THAT(because(online()), HasSubstr("just coming or going"));
}

TEST(Explanation, SaysHowTheLastSessionEnded) {
  EXPECT_EQ(
      because(offline(Ending::client_goodbye)),
      "Offline since 2026-01-04T12:33:56.789Z: the last connection said goodbye, which counts at once.");
  EXPECT_EQ(because(offline(Ending::transport_close)),
            "Offline since 2026-01-04T12:33:56.789Z: the last connection broke: its transport was closed, "
            "and the user "
            "did not come back within the grace of 2000 ms.");
  const auto json = explanation(offline(Ending::transport_close), kNow);
  EXPECT_THAT(
      json,
      AllOf(HasSubstr(R"("lastSession":{"endedAt":"2026-01-04T12:33:56.789Z","reason":"transport-close"})"),
            HasSubstr(R"("connections":[],"grace":null)")));
}

TEST(Explanation, HasAWordForEveryEnding) {
  std::set<std::string> names, sentences;
  for (int i = 0; i <= static_cast<int>(Ending::token_expired); ++i) {
    const auto ending = static_cast<Ending>(i);
    EXPECT_TRUE(names.insert(name_of(ending)).second) << name_of(ending);
    EXPECT_TRUE(sentences.insert(because(offline(ending))).second) << name_of(ending);
  }
}

TEST(Explanation, SaysThatNothingIsKnown) {
  Explanation facts = offline(Ending::unknown);
  facts.account.ended_at.reset();
  EXPECT_EQ(because(facts),
            "Offline: no connection of this user is remembered since the server started, at "
            "2026-01-04T11:34:56.789Z.");
}

TEST(Explanation, SaysThatOthersHearLateUnderLoad) {
  Explanation facts = offline(Ending::client_goodbye);
  facts.window = milliseconds(200);
  EXPECT_THAT(because(facts),
              HasSubstr("at once. Under the load there is, others hear of changes up to 200 ms late."));
}

TEST(Explanation, QuotesWhateverAnIdHolds) {
  Explanation facts = offline(Ending::unknown);
  const std::string id = "\"\\\x01\xff";
  facts.user_id = id;
  EXPECT_TRUE(base::json::parse(explanation(facts, kNow)).ok());
}

TEST(Disconnected, IsACount) {
  EXPECT_EQ(disconnected(3), R"({"disconnected":3})");
}

}  // namespace
}  // namespace rollcall::calls
