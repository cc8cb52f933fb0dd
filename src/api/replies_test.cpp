#include "api/replies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/object_writer.hpp"
#include "base/iso8601.hpp"
#include "base/json.hpp"
#include "presence/test_changes.hpp"

namespace rollcall::api {
namespace {

constexpr WallTime kAnsweredAt = wall_time(1'767'530'096'789);  // 2026-01-04T12:34:56.789Z
constexpr WallTime kBefore = wall_time(1'767'529'800'000);      // 2026-01-04T12:30:00.000Z

const presence::State kOnline{true, kAnsweredAt, kBefore};
const presence::State kUnknown;

TEST(Replies, AUserStatus) {
  EXPECT_EQ(user_status("ann", kOnline, kAnsweredAt),
            R"({"userId":"ann","online":true,"lastActive":"2026-01-04T12:34:56.789Z",)"
            R"("connectedAt":"2026-01-04T12:30:00.000Z","timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_EQ(user_status("bob", kUnknown, kAnsweredAt),
            R"({"userId":"bob","online":false,"lastActive":null,"connectedAt":null,)"
            R"("timestamp":"2026-01-04T12:34:56.789Z"})");
}

TEST(Replies, TheStatusesOfSeveralUsers) {
  const UserIds ids{"bob", "ann", "bob"};
  EXPECT_EQ(users_status(ids, std::vector{kUnknown, kOnline, kUnknown}, kAnsweredAt),
            R"({"statuses":[{"userId":"bob","online":false,"lastActive":null,"connectedAt":null},)"
            R"({"userId":"ann","online":true,"lastActive":"2026-01-04T12:34:56.789Z",)"
            R"("connectedAt":"2026-01-04T12:30:00.000Z"},)"
            R"({"userId":"bob","online":false,"lastActive":null,"connectedAt":null}],)"
            R"("timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_EQ(users_status({}, {}, kAnsweredAt), R"({"statuses":[],"timestamp":"2026-01-04T12:34:56.789Z"})");
}

TEST(Replies, AnOnlineUser) {
  std::string out = "before ";
  append_online_user(out, "ann", "ann@example.org", "admin", kBefore, kAnsweredAt);
  EXPECT_EQ(out, R"(before {"userId":"ann","email":"ann@example.org","role":"admin",)"
                 R"("connectedAt":"2026-01-04T12:30:00.000Z","lastActive":"2026-01-04T12:34:56.789Z"})");
  EXPECT_TRUE(out.ends_with(online_user_end(kAnsweredAt)));
  EXPECT_EQ(online_user_end(kAnsweredAt).size(), kOnlineUserEndBytes);
  out.clear();
  append_online_user(out, "bob", std::nullopt, std::nullopt, kBefore, kBefore);
  EXPECT_EQ(out, R"({"userId":"bob","email":null,"role":null,)"
                 R"("connectedAt":"2026-01-04T12:30:00.000Z","lastActive":"2026-01-04T12:30:00.000Z"})");
}

TEST(Replies, ThePageOfOnlineUsers) {
  EXPECT_EQ(online_users("[1]", 7, std::nullopt, kAnsweredAt),
            R"({"users":[1],"count":7,"timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_EQ(online_users("[]", 7, "42", kAnsweredAt, "before "),
            R"(before {"users":[],"count":7,"timestamp":"2026-01-04T12:34:56.789Z","nextCursor":"42"})");
}

TEST(Replies, TimesOfAnyDayAreTold) {
  std::string out;
  for (const std::int64_t ms : {0LL, 951'782'400'000LL, -1LL, 1'767'530'096'789LL}) {
    append_time(out, wall_time(ms));
  }
  EXPECT_EQ(out, R"("1970-01-01T00:00:00.000Z""2000-02-29T00:00:00.000Z")"
                 R"("1969-12-31T23:59:59.999Z""2026-01-04T12:34:56.789Z")");
}

TEST(Replies, TheSmallOnes) {
  EXPECT_EQ(heartbeat_ack(kAnsweredAt, kBefore),
            R"({"timestamp":"2026-01-04T12:34:56.789Z","lastActive":"2026-01-04T12:30:00.000Z"})");
  EXPECT_EQ(presence_unsubscribed(3, kAnsweredAt), R"({"count":3,"timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_EQ(token_refreshed(kBefore, kAnsweredAt),
            R"({"expiresAt":"2026-01-04T12:30:00.000Z","timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_EQ(token_refreshed(std::nullopt, kAnsweredAt),
            R"({"expiresAt":null,"timestamp":"2026-01-04T12:34:56.789Z"})");
}

TEST(Replies, WhatTheServerSaysUnasked) {
  EXPECT_EQ(connected("ann", "sId", kAnsweredAt, false),
            R"({"userId":"ann","socketId":"sId","timestamp":"2026-01-04T12:34:56.789Z","recovered":false})");
  EXPECT_THAT(connected("ann", "sId", kAnsweredAt, false, milliseconds(7400)),
              testing::EndsWith(R"("recovered":false,"settlingMs":7400})"));
  EXPECT_EQ(user_changed(presence::came("ann", kAnsweredAt)),
            R"({"userId":"ann","online":true,"timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_EQ(user_changed(presence::left("ann", kAnsweredAt, kBefore)),
            R"({"userId":"ann","online":false,"timestamp":"2026-01-04T12:34:56.789Z",)"
            R"("lastActive":"2026-01-04T12:30:00.000Z"})");
  EXPECT_EQ(presence_mode(milliseconds(400), kAnsweredAt),
            R"({"mode":"batched","windowMs":400,"timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_EQ(presence_mode(milliseconds(0), kAnsweredAt),
            R"({"mode":"live","windowMs":0,"timestamp":"2026-01-04T12:34:56.789Z"})");
}

TEST(Replies, TheEnvelopesOfAcknowledgements) {
  EXPECT_EQ(begin_ack_ok("heartbeat-ack") + R"({"a":1})" + kAckOkEnd,
            R"({"status":"ok","event":"heartbeat-ack","data":{"a":1}})");
  EXPECT_EQ(error({ErrorCode::invalid_payload, "say \"userId\""}),
            R"({"status":"error","code":"INVALID_PAYLOAD","message":"say \"userId\""})");
}

TEST(Replies, AuthenticationErrors) {
  EXPECT_EQ(auth_error_data(name_of(AuthCode::token_expired), "expired", kAnsweredAt),
            R"({"code":"TOKEN_EXPIRED","details":"expired","timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_STREQ(name_of(AuthCode::missing_token), "MISSING_AUTH_TOKEN");
  EXPECT_STREQ(name_of(AuthCode::invalid_token), "INVALID_TOKEN");
}

TEST(Replies, EveryRequestHasAReplyEvent) {
  EXPECT_STREQ(reply_event(CheckUserStatus{}), "user-status");
  EXPECT_STREQ(reply_event(CheckUsersStatus{}), "users-status");
  EXPECT_STREQ(reply_event(GetOnlineUsers{}), "online-users");
  EXPECT_STREQ(reply_event(Heartbeat{}), "heartbeat-ack");
  EXPECT_STREQ(reply_event(SubscribePresence{}), "presence-subscribed");
  EXPECT_STREQ(reply_event(UnsubscribePresence{}), "presence-unsubscribed");
  EXPECT_STREQ(reply_event(RefreshToken{}), "token-refreshed");
}

TEST(Replies, WhateverBytesAnIdHoldsTheTextStaysJsonAndKeepsTheFramingOfPayloads) {
  const std::string id("\"\\\x1e\x00\n\xff\u20ac", 9);
  const std::string json = user_changed(presence::came(id, kAnsweredAt));
  EXPECT_EQ(json.find('\x1e'), std::string::npos);
  const auto parsed = base::json::parse(json);
  ASSERT_TRUE(parsed.ok());
  const auto& user_id = parsed->as_object().at("userId").as_string();
  EXPECT_EQ(std::string(user_id), std::string("\"\\\x1e\x00\n\uFFFD\u20ac", 11));
}

TEST(Replies, TimesAreWrittenAsTheBaseWritesThem) {
  for (const std::int64_t ms :
       {0LL, -1LL, 951'782'399'999LL, 951'868'800'000LL, 4'102'444'799'999LL, 253'402'300'799'999LL,
        253'402'300'800'000LL, -62'167'219'200'000LL, -62'167'219'200'001LL}) {
    std::string out;
    append_time(out, wall_time(ms));
    EXPECT_EQ(out, '"' + base::iso8601(wall_time(ms)) + '"') << ms;
  }
}

TEST(Replies, OfTheHttpApiAreObjects) {
  const WallTime now = wall_time(1'767'530'096'789);
  EXPECT_EQ(online_count(7, now), R"({"count":7,"timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_EQ(emitted(2, true), R"({"delivered":2,"online":true})");
  Stats all;
  all.version = "1.2.3";
  all.started_at = now - seconds(61) - milliseconds(1);
  all.online = 1;
  all.connections = 2;
  all.polling = 3;
  all.websocket = 4;
  all.workers = 5;
  all.ready = true;
  all.went_online = 6;
  all.went_offline = 7;
  all.feed_readers = 8;
  EXPECT_EQ(
      stats(all, now),
      R"({"version":"1.2.3","startedAt":"2026-01-04T12:33:55.788Z","uptimeSeconds":61,"online":1,)"
      R"("connections":2,"transports":{"polling":3,"websocket":4},"workers":5,"ready":true,)"
      R"("changes":{"online":6,"offline":7},"feed":{"readers":8},"timestamp":"2026-01-04T12:34:56.789Z"})");
  all.settling = milliseconds(7400);
  EXPECT_THAT(stats(all, now),
              testing::EndsWith(R"("timestamp":"2026-01-04T12:34:56.789Z","settlingMs":7400})"));
  // A clock that was set back.
  EXPECT_THAT(stats(all, now - seconds(3600)), testing::HasSubstr("\"uptimeSeconds\":0"));
}

}  // namespace
}  // namespace rollcall::api
