#include "socketio/encode.hpp"

#include <gtest/gtest.h>

#include "socketio/client.hpp"

namespace rollcall::socketio {
namespace {

std::string ack(std::string_view nsp, std::uint64_t id, std::string_view args_json, std::size_t attachments) {
  std::string packet;
  append_ack_begin(packet, nsp, id, attachments);
  return packet.append(args_json).append(kAckEnd);
}

TEST(Encode, WritesTheExamplesOfTheProtocol) {
  EXPECT_EQ(encode_connect("/admin", R"({"sid":"oSO0OpakMV_3jnilAAAA"})"),
            R"(0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"})");
  EXPECT_EQ(encode_connect_error("/admin", R"({"message":"Not authorized","data":{"code":"E1"}})"),
            R"(4/admin,{"message":"Not authorized","data":{"code":"E1"}})");
  EXPECT_EQ(encode_disconnect("/admin"), "1/admin,");
  EXPECT_EQ(encode_event("/", std::nullopt, "hello", R"(1,{"a":true})", 0), R"(2["hello",1,{"a":true}])");
  EXPECT_EQ(encode_event("/admin", 12, "hello", {}, 0), R"(2/admin,12["hello"])");
  EXPECT_EQ(ack("/admin", 12, R"("fine")", 0), R"(3/admin,12["fine"])");
  EXPECT_EQ(encode_event("/admin", 7, "up", R"({"_placeholder":true,"num":0})", 1),
            R"(51-/admin,7["up",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(ack("/admin", 7, R"({"_placeholder":true,"num":0})", 1),
            R"(61-/admin,7[{"_placeholder":true,"num":0}])");
}

TEST(Encode, TheMainNamespaceIsLeftOut) {
  EXPECT_EQ(encode_connect("/", "{}"), "0{}");
  EXPECT_EQ(encode_connect_error("/", "{}"), "4{}");
  EXPECT_EQ(encode_disconnect("/"), "1");
  EXPECT_EQ(encode_event("/", 0, "a", {}, 10), "510-0[\"a\"]");
  EXPECT_EQ(ack("/", kMaxAckId, {}, 0), "39007199254740991[]");
}

TEST(Encode, ControlCharactersInNamesAreEscapedForTheyWouldBreakPayloads) {
  EXPECT_EQ(encode_event("/", std::nullopt, "a\x1e\"", {}, 0), R"(2["a\u001e\""])");
}

TEST(Encode, WhatAClientSendsComesBackByteByByte) {
  const std::string args = R"( 1.50 ,"\ud800\/", {"b" :[ ]})";
  Client client;
  ASSERT_TRUE(client.on_text("0").ok());
  client.accept("/");
  const std::string text = "27[\"echo\"," + args + " ]";
  const auto result = client.on_text(text);
  ASSERT_TRUE(result.ok() && *result);
  const auto& event = std::get<EventReceived>(**result);
  EXPECT_EQ(ack(event.nsp, *event.ack_id, event.args_json, 0), R"(37[1.50 ,"\ud800\/", {"b" :[ ]}])");
}

}  // namespace
}  // namespace rollcall::socketio
