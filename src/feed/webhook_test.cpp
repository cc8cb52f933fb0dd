#include "feed/webhook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "feed/test_source.hpp"

namespace rollcall::feed {
namespace {

using test::TestSource;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = Outcome::Kind;

// A webhook, its receiver, and time.
class WebhookStory : public testing::Test {
 protected:
  explicit WebhookStory(std::size_t limit = 1000, std::size_t batch = 3)
      : source(limit), hook("hook", {batch, milliseconds(100)}) {}

  const Delivery* next() { return hook.next(source, now, test::kWall); }
  // The body of the next request; empty if there is none.
  std::string body() {
    const Delivery* delivery = next();
    return delivery ? delivery->body : "";
  }
  Report done(Kind kind, seconds retry_after = seconds(0), double chance = 1) {
    hook.done({kind, retry_after}, now, chance);
    return hook.take_report();
  }
  // "+ann" and "-ann" for changes, "reset" for that.
  std::vector<std::string> events(const std::string& text) {
    std::vector<std::string> words;
    const auto parsed = base::json::parse(text);
    EXPECT_TRUE(parsed.ok()) << text;
    if (!parsed) return words;
    std::string last;
    for (const auto& event : parsed->at("events").as_array()) {
      const std::string type(event.at("type").as_string());
      last = event.at("cursor").as_string();
      words.push_back(type == "feed.reset" ? "reset"
                                           : (type == "user.online" ? "+" : "-") +
                                                 std::string(event.at("userId").as_string()));
    }
    EXPECT_EQ(last, parsed->at("cursor").as_string());
    return words;
  }
  // What is sent next, and accepted.
  std::vector<std::string> sent() {
    const Delivery* delivery = next();
    if (!delivery) return {"nothing"};
    const auto words = events(delivery->body);
    done(Kind::accepted);
    return words;
  }
  void started() { EXPECT_THAT(sent(), ElementsAre("reset")); }
  void pass(milliseconds time) { now += time; }
  void come(std::initializer_list<const char*> users) {
    for (const char* user : users) source.come(user);
  }

  TestSource source;
  Webhook hook;
  Instant now{seconds(1000)};
};

TEST_F(WebhookStory, BeginsWithAResetForWhatTheReceiverKnowsIsOfAnEarlierStart) {
  source.come("ann");
  EXPECT_EQ(body(),
            R"({"cursor":"0000000000000abc-1","events":[{"type":"feed.reset",)"
            R"("cursor":"0000000000000abc-1","reason":"start","timestamp":"2026-01-04T12:34:56.789Z"}]})");
  done(Kind::accepted);
  EXPECT_FALSE(hook.deadline());
  EXPECT_TRUE(hook.waits_for_news());
  pass(seconds(9));
  EXPECT_EQ(next(), nullptr);
}

TEST_F(WebhookStory, AResetSaysHowLongUsersMayStillNeedToComeBackAsOfItsTimestamp) {
  source.settling_left = milliseconds(9500);
  const std::string first = body();
  EXPECT_EQ(first,
            R"({"cursor":"0000000000000abc-0","events":[{"type":"feed.reset","cursor":"0000000000000abc-0",)"
            R"("reason":"start","timestamp":"2026-01-04T12:34:56.789Z","settlingMs":9500}]})");
  done(Kind::failed);
  now = *hook.deadline();
  source.settling_left = milliseconds(0);
  EXPECT_EQ(body(), first) << "made again, it is the same request";
}

TEST_F(WebhookStory, TellsAllThatIsKnownOfAChange) {
  started();
  source.come("ann");
  source.go("ann");
  next();
  pass(milliseconds(100));
  EXPECT_EQ(body(), R"({"cursor":"0000000000000abc-2","events":[)"
                    R"({"type":"user.online","cursor":"0000000000000abc-1","userId":"ann","online":true,)"
                    R"("timestamp":"2026-01-04T12:34:56.789Z","email":"ann@example.com","role":"member",)"
                    R"("connectedAt":"2026-01-04T12:34:56.789Z"},)"
                    R"({"type":"user.offline","cursor":"0000000000000abc-2","userId":"ann","online":false,)"
                    R"("timestamp":"2026-01-04T12:34:58.789Z","lastActive":"2026-01-04T12:34:57.789Z"}]})");
}

TEST_F(WebhookStory, WaitsForOthersToComeAlongButNotForLong) {
  started();
  come({"ann"});
  EXPECT_EQ(next(), nullptr);
  EXPECT_FALSE(hook.waits_for_news());
  EXPECT_EQ(hook.deadline(), now + milliseconds(100));
  pass(milliseconds(99));
  come({"bob"});
  EXPECT_EQ(next(), nullptr);
  pass(milliseconds(1));
  EXPECT_THAT(sent(), ElementsAre("+ann", "+bob"));
}

TEST_F(WebhookStory, SendsAFullBatchAtOnceAndTheRestLater) {
  started();
  come({"a", "b", "c", "d", "e", "f", "g"});
  EXPECT_THAT(sent(), ElementsAre("+a", "+b", "+c"));
  EXPECT_THAT(sent(), ElementsAre("+d", "+e", "+f"));
  EXPECT_EQ(next(), nullptr);
  pass(milliseconds(100));
  EXPECT_THAT(sent(), ElementsAre("+g"));
}

TEST_F(WebhookStory, HasOneRequestUnderWayAtATime) {
  started();
  come({"a", "b", "c", "d", "e", "f"});
  ASSERT_NE(next(), nullptr);
  EXPECT_FALSE(hook.waits_for_news());
  EXPECT_FALSE(hook.deadline());
  EXPECT_DEATH(next(), "under_way_");
  done(Kind::accepted);
  EXPECT_DEATH(done(Kind::accepted), "under_way_");
}

TEST_F(WebhookStory, MakesARequestAgainWithTheSameIdAndBodyUntilItIsAccepted) {
  started();
  come({"a", "b", "c"});
  const Delivery first = *next();
  EXPECT_EQ(done(Kind::failed), Report::failing);
  come({"d", "e", "f"});
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(next(), nullptr);
    now = *hook.deadline();
    const Delivery* again = next();
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(again->id, first.id);
    EXPECT_EQ(again->body, first.body);
    EXPECT_EQ(done(Kind::failed), Report::nothing);
  }
  now = *hook.deadline();
  next();
  EXPECT_EQ(hook.failures(), 21u);
  EXPECT_EQ(done(Kind::accepted), Report::recovered);
  const Delivery* following = next();
  ASSERT_NE(following, nullptr);
  EXPECT_NE(following->id, first.id);
  EXPECT_THAT(events(following->body), ElementsAre("+d", "+e", "+f"));
  EXPECT_EQ(done(Kind::accepted), Report::nothing);
  EXPECT_EQ(hook.counts(), (WebhookCounts{3, 21, 21, 0}));
}

TEST_F(WebhookStory, WaitsLongerAfterEachFailureUpToAMinute) {
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 9; ++i) {
    ASSERT_NE(next(), nullptr);
    done(Kind::failed);
    waits.push_back(std::chrono::duration_cast<milliseconds>(*hook.deadline() - now).count());
    now = *hook.deadline();
  }
  EXPECT_THAT(waits, ElementsAre(1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000));
}

TEST_F(WebhookStory, HalfOfTheWaitIsLeftToChance) {
  for (const auto& [chance, wait] : {std::pair(0.0, 500), {0.5, 750}, {1.0, 1000}}) {
    Webhook fresh("hook", {});
    ASSERT_NE(fresh.next(source, now, test::kWall), nullptr);
    fresh.done({Kind::failed}, now, chance);
    EXPECT_EQ(*fresh.deadline() - now, milliseconds(wait));
  }
}

TEST_F(WebhookStory, BeginsWithShortWaitsAgainOnceItHasWorked) {
  for (int i = 0; i < 6; ++i) {
    next();
    done(Kind::failed);
    now = *hook.deadline();
  }
  next();
  done(Kind::accepted);
  come({"a", "b", "c"});
  next();
  EXPECT_EQ(done(Kind::failed), Report::failing);
  EXPECT_EQ(*hook.deadline() - now, Webhook::kFirstRetry);
}

TEST_F(WebhookStory, HeedsTheReceiversWishForAPauseWithinReason) {
  next();
  done(Kind::failed, seconds(30));
  EXPECT_EQ(*hook.deadline() - now, seconds(30));
  now = *hook.deadline();
  next();
  done(Kind::failed, seconds(1'000'000'000));
  EXPECT_EQ(*hook.deadline() - now, Webhook::kMostRetryAfter);
  now = *hook.deadline();
  next();
  done(Kind::failed, seconds(-5));
  EXPECT_EQ(*hook.deadline() - now, seconds(4));
}

TEST_F(WebhookStory, EndsForGoodWhenTheReceiverIsGone) {
  started();
  come({"a", "b", "c"});
  next();
  EXPECT_EQ(done(Kind::gone), Report::gone);
  come({"d", "e", "f"});
  pass(seconds(100));
  EXPECT_EQ(next(), nullptr);
  EXPECT_FALSE(hook.deadline());
  EXPECT_FALSE(hook.waits_for_news());
}

TEST_F(WebhookStory, CutsABatchWhoseBodyWouldBeTooLarge) {
  Webhook large("hook", {1000, milliseconds(0)});
  ASSERT_NE(large.next(source, now, test::kWall), nullptr);
  large.done({Kind::accepted}, now, 0);
  const std::string id(presence::kMaxUserIdBytes, '\x01'), detail(presence::kMaxDetailBytes, '\x01');
  for (int i = 0; i < 200; ++i) source.ring.add({id, true, test::kWall, detail, detail, {}});
  std::size_t changes = 0;
  while (const Delivery* delivery = large.next(source, now, test::kWall)) {
    EXPECT_LT(delivery->body.size(), Webhook::kMostBodyBytes + 20'000);
    EXPECT_TRUE(base::json::parse(delivery->body).ok());
    changes += delivery->changes;
    large.done({Kind::accepted}, now, 0);
  }
  EXPECT_EQ(changes, 200u);
  EXPECT_GT(large.counts().sent, 2u);
}

class WebhookBehind : public WebhookStory {
 protected:
  WebhookBehind() : WebhookStory(5) {}
  void flood() {
    for (int i = 0; i < 20; ++i) source.come("u" + std::to_string(i));
  }
};

TEST_F(WebhookBehind, TellsTheReceiverToTakeASnapshotWhenChangesAreForgotten) {
  started();
  flood();
  const Delivery* delivery = next();
  ASSERT_NE(delivery, nullptr);
  EXPECT_THAT(delivery->body, HasSubstr(R"("reason":"fell-behind")"));
  EXPECT_EQ(hook.take_report(), Report::fell_behind);
  EXPECT_THAT(events(delivery->body), ElementsAre("reset"));
  done(Kind::accepted);
  EXPECT_EQ(hook.counts().dropped, 20u);
  // From there it goes on.
  come({"a", "b", "c"});
  EXPECT_THAT(sent(), ElementsAre("+a", "+b", "+c"));
}

TEST_F(WebhookBehind, GivesUpARequestWhenWhatFollowsItIsForgotten) {
  started();
  come({"a", "b", "c"});
  const std::string id = next()->id;
  done(Kind::failed);
  flood();
  now = *hook.deadline();
  const Delivery* instead = next();
  ASSERT_NE(instead, nullptr);
  EXPECT_NE(instead->id, id);
  EXPECT_THAT(events(instead->body), ElementsAre("reset"));
  EXPECT_EQ(hook.take_report(), Report::fell_behind);
  EXPECT_EQ(hook.counts().dropped, 23u);
  EXPECT_EQ(hook.counts().retried, 0u);
  // It is still the same trouble: the wait goes on growing.
  EXPECT_EQ(done(Kind::failed), Report::nothing);
  EXPECT_EQ(*hook.deadline() - now, seconds(2));
}

TEST_F(WebhookBehind, MakesARequestAgainAsLongAsWhatFollowsItIsRemembered) {
  started();
  come({"a", "b", "c"});
  next();
  done(Kind::failed);
  come({"d", "e", "f", "g", "h"});
  now = *hook.deadline();
  EXPECT_THAT(sent(), ElementsAre("+a", "+b", "+c"));
  EXPECT_THAT(sent(), ElementsAre("+d", "+e", "+f"));
  EXPECT_EQ(hook.counts().dropped, 0u);
}

TEST_F(WebhookBehind, TellsTheOperatorOnceThoughTheReceiverStaysAway) {
  started();
  flood();
  next();
  EXPECT_EQ(hook.take_report(), Report::fell_behind);
  done(Kind::failed);
  for (int i = 0; i < 5; ++i) {
    flood();
    now = *hook.deadline();
    ASSERT_NE(next(), nullptr);
    EXPECT_EQ(hook.take_report(), Report::nothing);
    done(Kind::failed);
  }
  now = *hook.deadline();
  EXPECT_THAT(sent(), ElementsAre("reset"));
  EXPECT_EQ(hook.counts().dropped, 120u);
  EXPECT_EQ(next(), nullptr);
}

TEST_F(WebhookBehind, NoticesWhatIsForgottenInTheMomentOfReading) {
  started();
  come({"a", "b", "c"});
  source.before_read = [&] { flood(); };
  EXPECT_THAT(sent(), ElementsAre("reset"));
  EXPECT_EQ(hook.counts().dropped, 23u);
  come({"d", "e", "f"});
  EXPECT_THAT(sent(), ElementsAre("+d", "+e", "+f"));
}

}  // namespace
}  // namespace rollcall::feed
