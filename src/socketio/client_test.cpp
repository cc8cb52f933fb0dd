#include "socketio/client.hpp"

#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

struct ClientTest : testing::Test {
  Client client{100};

  void join(std::string_view nsp) {
    ASSERT_TRUE(client.on_text("0" + std::string(nsp)).ok());
    client.accept(nsp);
  }
  template <class T>
  T take(Result<std::optional<Incoming>, Fault> result) {
    EXPECT_TRUE(result.ok() && *result && std::holds_alternative<T>(**result));
    return result.ok() && *result ? std::get<T>(**result) : T{};
  }
  bool ignored(Result<std::optional<Incoming>, Fault> result) { return result.ok() && !*result; }
};

TEST_F(ClientTest, ConnectsWithThePayloadAsAuth) {
  const auto request = take<ConnectRequested>(client.on_text(R"(0/admin,{"token":"abc"})"));
  EXPECT_EQ(request.nsp, "/admin");
  EXPECT_EQ(request.auth_json, R"({"token":"abc"})");
  EXPECT_FALSE(client.connected("/admin"));
  client.accept("/admin");
  EXPECT_TRUE(client.connected("/admin"));
}

TEST_F(ClientTest, ArgumentsArePassedOnByteByByte) {
  join("/");
  const auto event = take<EventReceived>(client.on_text(R"(2456["message",1, "2" ,{"3":[true]},1.50])"));
  EXPECT_EQ(event.name, "message");
  EXPECT_EQ(event.args_json, R"(1, "2" ,{"3":[true]},1.50)");
  EXPECT_EQ(event.ack_id, 456U);
}

TEST_F(ClientTest, AttachmentsAreCollectedInOrder) {
  join("/");
  EXPECT_TRUE(
      ignored(client.on_text(R"(52-["up",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])")));
  EXPECT_TRUE(ignored(client.on_binary("one")));
  const auto event = take<EventReceived>(client.on_binary("two"));
  EXPECT_EQ(event.attachments, (std::vector<std::string>{"one", "two"}));
}

TEST_F(ClientTest, TextWhileBinaryIsDueAndBinaryWhenNoneIsAreFaults) {
  join("/");
  EXPECT_FALSE(client.on_binary("x").ok());
  EXPECT_TRUE(ignored(client.on_text(R"(51-["up",{"_placeholder":true,"num":0}])")));
  EXPECT_FALSE(client.on_text("2[\"a\"]").ok());
}

TEST_F(ClientTest, AttachmentsTogetherAreBounded) {
  join("/");
  EXPECT_TRUE(ignored(client.on_text(R"(52-["up",{"_placeholder":true,"num":0}])")));
  EXPECT_TRUE(ignored(client.on_binary(std::string(60, 'x'))));
  EXPECT_FALSE(client.on_binary(std::string(41, 'x')).ok());
}

TEST_F(ClientTest, WhatIsNotConnectedMaySayNothing) {
  for (const char* packet : {"2[\"a\"]", "30[]", "1", "2/admin,[\"a\"]"}) {
    EXPECT_FALSE(Client(100).on_text(packet).ok()) << packet;
  }
  ASSERT_TRUE(client.on_text("0").ok());
  EXPECT_FALSE(client.on_text("2[\"a\"]").ok()) << "pending is not connected";
}

TEST_F(ClientTest, ConnectingTwiceIsAFault) {
  join("/");
  EXPECT_FALSE(client.on_text("0").ok());
}

TEST_F(ClientTest, ARefusedClientMayTryAgain) {
  ASSERT_TRUE(client.on_text("0").ok());
  client.refuse("/");
  EXPECT_TRUE(client.on_text("0").ok());
}

TEST_F(ClientTest, LeavingIsToldOnceAndOtherNamespacesStay) {
  join("/");
  join("/custom");
  EXPECT_EQ(take<DisconnectReceived>(client.on_text("1/custom,")).nsp, "/custom");
  EXPECT_FALSE(client.connected("/custom"));
  EXPECT_TRUE(client.connected("/"));
}

TEST_F(ClientTest, WhatComesForANamespaceTheServerHasLeftIsIgnored) {
  join("/");
  client.disconnected("/");
  EXPECT_TRUE(ignored(client.on_text("2[\"a\"]")));
  EXPECT_TRUE(ignored(client.on_text("1")));
  EXPECT_TRUE(client.on_text("0").ok());
}

TEST_F(ClientTest, NamespacesAreBounded) {
  for (std::size_t i = 0; i < Client::kMaxNamespaces; ++i) {
    ASSERT_TRUE(client.on_text("0/" + std::to_string(i)).ok());
  }
  EXPECT_FALSE(client.on_text("0/one-more").ok());
}

}  // namespace
}  // namespace rollcall::socketio
