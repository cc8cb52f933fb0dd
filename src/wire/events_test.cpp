#include "wire/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/json.hpp"
#include "presence/test_changes.hpp"

namespace rollcall::wire {
namespace {

constexpr WallTime kAnsweredAt = wall_time(1'767'530'096'789);  // 2026-01-04T12:34:56.789Z
constexpr WallTime kBefore = wall_time(1'767'529'800'000);      // 2026-01-04T12:30:00.000Z

TEST(Events, AreWrittenInTheOrderOfTheContract) {
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

TEST(AnAcknowledgement, NamesTheReplyEventAndHoldsItsData) {
  EXPECT_EQ(begin_ack_ok("heartbeat-ack") + R"({"a":1})" + kAckOkEnd,
            R"({"status":"ok","event":"heartbeat-ack","data":{"a":1}})");
}

TEST(Events, AuthenticationErrorsHaveACodeAndDetails) {
  EXPECT_EQ(auth_error_data(name_of(AuthCode::token_expired), "expired", kAnsweredAt),
            R"({"code":"TOKEN_EXPIRED","details":"expired","timestamp":"2026-01-04T12:34:56.789Z"})");
  EXPECT_STREQ(name_of(AuthCode::missing_token), "MISSING_AUTH_TOKEN");
  EXPECT_STREQ(name_of(AuthCode::invalid_token), "INVALID_TOKEN");
}

TEST(Events, WhateverBytesAnIdHoldsTheTextStaysJsonAndKeepsTheFramingOfPayloads) {
  const std::string id("\"\\\x1e\x00\n\xff\u20ac", 9);
  const std::string json = user_changed(presence::came(id, kAnsweredAt));
  EXPECT_EQ(json.find('\x1e'), std::string::npos);
  const auto parsed = base::json::parse(json);
  ASSERT_TRUE(parsed.ok());
  const auto& user_id = parsed->as_object().at("userId").as_string();
  EXPECT_EQ(std::string(user_id), std::string("\"\\\x1e\x00\n\uFFFD\u20ac", 11));
}

}  // namespace
}  // namespace rollcall::wire
