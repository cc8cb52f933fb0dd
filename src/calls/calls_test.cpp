// What each call answers, in the words of docs/protocol.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calls/test_world.hpp"

namespace rollcall::calls {
namespace {

using test::kBefore;
using test::World;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kAnnIsOnline =
    R"({"userId":"ann","online":true,"lastActive":"2026-01-04T12:30:00.000Z",)"
    R"("connectedAt":"2026-01-04T12:30:00.000Z")";
constexpr const char* kBobIsUnknown =
    R"({"userId":"bob","online":false,"lastActive":null,"connectedAt":null)";
constexpr const char* kAtNow = R"("timestamp":"2026-01-04T12:34:56.789Z"})";

TEST(CheckUserStatus, TellsOneUsersStatus) {
  World world;
  EXPECT_EQ(world.ask("check-user-status", R"({"userId":"ann"})"), std::string(kAnnIsOnline) + "," + kAtNow);
  EXPECT_EQ(world.ask("check-user-status", R"({"userId":"bob"})"), std::string(kBobIsUnknown) + "," + kAtNow);
  EXPECT_EQ(world.ids, 0U);
}

TEST(CheckUsersStatus, TellsThemInTheOrderOfTheIdsAndCostsByTheirNumber) {
  World world;
  EXPECT_EQ(world.ask("check-users-status", R"({"userIds":["bob","ann","bob"]})"),
            std::string(R"({"statuses":[)") + kBobIsUnknown + "}," + kAnnIsOnline + "}," + kBobIsUnknown +
                "}]," + kAtNow);
  EXPECT_EQ(world.ids, 3U);
}

TEST(GetOnlineUsers, ListsEveryone) {
  World world;
  world.come("bob");
  EXPECT_EQ(
      world.ask("get-online-users"),
      std::string(R"({"users":[{"userId":"ann","email":"ann@example.org","role":"admin",)"
                  R"("connectedAt":"2026-01-04T12:30:00.000Z","lastActive":"2026-01-04T12:30:00.000Z"},)"
                  R"({"userId":"bob","email":null,"role":null,)"
                  R"("connectedAt":"2026-01-04T12:30:00.000Z","lastActive":"2026-01-04T12:30:00.000Z"}],)"
                  R"("count":2,)") +
          kAtNow);
  EXPECT_EQ(world.ids, 2U);
}

TEST(GetOnlineUsers, GivesPagesWithACursorToTheNext) {
  World world;
  world.come("bob");
  const std::string first = world.ask("get-online-users", R"({"limit":1})");
  EXPECT_THAT(first, HasSubstr(R"([{"userId":"ann",)"));
  EXPECT_THAT(first, testing::Not(HasSubstr("bob")));
  const std::string key = R"("nextCursor":")";
  const std::size_t at = first.find(key);
  ASSERT_NE(at, std::string::npos) << first;
  const std::string cursor =
      first.substr(at + key.size(), first.find('"', at + key.size()) - at - key.size());
  const std::string second = world.ask("get-online-users", R"({"limit":1,"cursor":")" + cursor + R"("})");
  EXPECT_THAT(second, HasSubstr(R"([{"userId":"bob",)"));
  EXPECT_THAT(second, testing::Not(HasSubstr("nextCursor")));
  EXPECT_EQ(world.ids, 1U);
}

TEST(GetOnlineUsers, GivesAPageWhereMoreAreOnlineThanAListMayHave) {
  World world({.max_batch_ids = 3, .max_online_list = 1, .event_bytes = 100});
  world.come("bob");
  EXPECT_THAT(world.ask("get-online-users"),
              testing::AllOf(HasSubstr(R"("count":2,)"), HasSubstr("nextCursor")));
}

TEST(Heartbeat, TellsWhenTheClientWasActive) {
  EXPECT_EQ(World().ask("heartbeat"),
            R"({"timestamp":"2026-01-04T12:34:56.789Z","lastActive":"2026-01-04T12:30:00.000Z"})");
}

TEST(SubscribePresence, WatchesTheUsersAndTellsHowTheyAre) {
  World world;
  EXPECT_EQ(world.ask("subscribe-presence", R"({"userIds":["ann","bob"]})"),
            std::string(R"({"statuses":[)") + kAnnIsOnline + "}," + kBobIsUnknown + "}]," + kAtNow);
  EXPECT_THAT(world.caller.watched, ElementsAre("ann", "bob"));
  EXPECT_EQ(world.ids, 2U);
}

TEST(SubscribePresence, IsRefusedWithTheCallersReason) {
  World world;
  world.caller.refusal = wire::Error{wire::ErrorCode::too_many_users, "no more"};
  EXPECT_EQ(world.ask("subscribe-presence", R"({"userIds":["ann"]})"), "TOO_MANY_USERS: no more");
  EXPECT_THAT(world.caller.watched, IsEmpty());
}

TEST(UnsubscribePresence, TellsHowManyAreWatchedYet) {
  World world;
  world.caller.watched = {"ann", "bob", "cid"};
  EXPECT_EQ(world.ask("unsubscribe-presence", R"({"userIds":["ann","bob"]})"),
            std::string(R"({"count":1,)") + kAtNow);
  EXPECT_THAT(world.caller.watched, ElementsAre("cid"));
  EXPECT_EQ(world.ids, 2U);
}

TEST(RefreshToken, TellsWhenTheNewOneEnds) {
  World world;
  world.caller.expires_at = kBefore;
  EXPECT_EQ(world.ask("refresh-token", R"({"token":"x.y.z"})"),
            std::string(R"({"expiresAt":"2026-01-04T12:30:00.000Z",)") + kAtNow);
  EXPECT_EQ(world.caller.token, "x.y.z");
  world.caller.expires_at = std::nullopt;
  EXPECT_EQ(world.ask("refresh-token", R"({"token":"x.y.z"})"),
            std::string(R"({"expiresAt":null,)") + kAtNow);
}

TEST(RefreshToken, IsRefusedWithTheCallersReason) {
  World world;
  world.caller.refusal = wire::Error{wire::ErrorCode::forbidden, "not yours"};
  EXPECT_EQ(world.ask("refresh-token", R"({"token":"x.y.z"})"), "FORBIDDEN: not yours");
}

TEST(CountOnline, TellsBackendsHowMany) {
  World world;
  world.come("bob");
  EXPECT_EQ(world.ask_route("count", {}), std::string(R"({"count":2,)") + kAtNow);
}

}  // namespace
}  // namespace rollcall::calls
