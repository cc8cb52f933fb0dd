#include "load/packets.hpp"

#include <gtest/gtest.h>

namespace rollcall::load {
namespace {

constexpr std::string_view kNsp = "/ws/messages";

TEST(Packets, EachKindIsKnownByItsDigitsAndNamespace) {
  EXPECT_EQ(read_packet("2", kNsp).kind, PacketKind::ping);
  EXPECT_EQ(read_packet("0{\"sid\":\"x\"}", kNsp).kind, PacketKind::open);
  EXPECT_EQ(read_packet("40/ws/messages,{\"sid\":\"x\"}", kNsp).kind, PacketKind::joined);
  EXPECT_EQ(read_packet("41/ws/messages", kNsp).kind, PacketKind::left);
  EXPECT_EQ(read_packet("44/ws/messages,{}", kNsp).kind, PacketKind::connect_error);
  const Packet event = read_packet("42/ws/messages,[\"x\"]", kNsp);
  EXPECT_EQ(event.kind, PacketKind::event);
  EXPECT_EQ(event.body, "[\"x\"]");
}

TEST(Packets, WhatIsOfAnotherNamespaceIsOther) {
  EXPECT_EQ(read_packet("42/ws/messages2,[\"x\"]", kNsp).kind, PacketKind::other);
  EXPECT_EQ(read_packet("42[\"x\"]", kNsp).kind, PacketKind::other);
  EXPECT_EQ(read_packet("42/ws/messages,[\"x\"]", "/").kind, PacketKind::other);
  EXPECT_EQ(read_packet("42[\"x\"]", "/").body, "[\"x\"]");
  EXPECT_EQ(read_packet("", kNsp).kind, PacketKind::other);
}

TEST(Packets, TheMainNamespaceIsLeftOut) {
  EXPECT_EQ(connect_packet(kNsp, "t"), "40/ws/messages,{\"token\":\"t\"}");
  EXPECT_EQ(connect_packet(kNsp, ""), "40/ws/messages,");
  EXPECT_EQ(connect_packet("/", "t"), "40{\"token\":\"t\"}");
  EXPECT_EQ(goodbye_packet(kNsp), "41/ws/messages,");
  EXPECT_EQ(event_packet(kNsp, 7, "[\"x\"]"), "42/ws/messages,7[\"x\"]");
  EXPECT_EQ(event_packet("/", std::nullopt, "[\"x\"]"), "42[\"x\"]");
}

TEST(Packets, AnAckIdIsTakenOffTheFront) {
  std::string_view body = "120[{}]";
  EXPECT_EQ(take_ack_id(body), 120U);
  EXPECT_EQ(body, "[{}]");
  EXPECT_EQ(take_ack_id(body), std::nullopt);
}

TEST(Packets, FieldsAreFoundWhateverTheirOrder) {
  constexpr std::string_view json = R"([{"x":"userId","userId":"ann","count":12,"userIds":["bob"]}])";
  EXPECT_EQ(text_field(json, "userId"), "ann");
  EXPECT_EQ(number_field(json, "count"), 12U);
  EXPECT_EQ(text_field(json, "count"), "");
  EXPECT_EQ(text_field(json, "absent"), "");
  EXPECT_EQ(count_of("aXbXXc", "X"), 3U);
}

TEST(Packets, AChangeIsReadWithItsFieldsInAnyOrder) {
  const auto online =
      read_change(R"(["user-online",{"timestamp":"t","online":true,"userId":"ann"},"offset"])");
  ASSERT_TRUE(online);
  EXPECT_TRUE(online->online);
  EXPECT_EQ(online->user, "ann");
  const auto offline = read_change(R"(["user-offline",{"userId":"ann"}])");
  ASSERT_TRUE(offline);
  EXPECT_FALSE(offline->online);
  EXPECT_FALSE(read_change(R"(["user-onlined",{"userId":"ann"}])"));
  EXPECT_FALSE(read_change(R"(["connected",{"userId":"ann"}])"));
  EXPECT_FALSE(is_aside(R"(["connected",{"userId":"ann"}])"));
  EXPECT_TRUE(is_aside(R"(["presence-mode",{"mode":"batched","windowMs":400}])"));
  EXPECT_TRUE(is_aside(R"(["recovery-offset","~f_Vx:ma"])"));
}

}  // namespace
}  // namespace rollcall::load
