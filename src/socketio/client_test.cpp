#include "socketio/client.hpp"

#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

constexpr std::size_t kMaxBytes = 100;  // of the attachments of a packet

using Outcome = Result<std::optional<Incoming>, Fault>;

const std::string kOnePlaceholder = R"({"_placeholder":true,"num":0})";

struct ClientTest : testing::Test {
  Client client;

  void join(std::string_view nsp) {
    ASSERT_TRUE(client.on_text("0" + std::string(nsp)).ok());
    client.accept(nsp);
  }
  template <class T>
  T take(Outcome result) {
    EXPECT_TRUE(result.ok() && *result && std::holds_alternative<T>(**result));
    return result.ok() && *result ? std::get<T>(**result) : T{};
  }
  static bool ignored(const Outcome& result) { return result.ok() && !*result; }
  static std::string fault(const Outcome& result) { return result.ok() ? "none" : describe(result.error()); }
};

#define EXPECT_FAULT(outcome, expected) EXPECT_EQ(fault(outcome), describe(Fault::expected))

TEST_F(ClientTest, ConnectsWithThePayloadAsAuth) {
  const auto request = take<ConnectRequested>(client.on_text(R"(0/admin,{"token":"abc"})"));
  EXPECT_EQ(request.nsp, "/admin");
  EXPECT_EQ(request.auth_json, R"({"token":"abc"})");
  EXPECT_FALSE(client.connected("/admin"));
  client.accept("/admin");
  EXPECT_TRUE(client.connected("/admin"));
  EXPECT_EQ(take<ConnectRequested>(client.on_text("0/other,")).auth_json, "");
}

TEST_F(ClientTest, ArgumentsArePassedOnByteByByte) {
  join("/");
  const auto event = take<EventReceived>(client.on_text(R"(2456[ "message" , 1, "2" ,{"3":[true]},1.50 ] )"));
  EXPECT_EQ(event.name(), "message");
  EXPECT_EQ(event.args_json, R"(1, "2" ,{"3":[true]},1.50)");
  EXPECT_EQ(event.ack_id, 456U);
}

TEST_F(ClientTest, AnEventNeedsNoArgumentsAndItsNameMayBeANumberOrEscaped) {
  join("/");
  EXPECT_EQ(take<EventReceived>(client.on_text("2[\"a\" ]")).args_json, "");
  EXPECT_EQ(take<EventReceived>(client.on_text("2[42,1]")).name(), "42");
  EXPECT_EQ(take<EventReceived>(client.on_text(R"(2["\u00e9"])")).name(), "\xC3\xA9");
  const auto empty = take<EventReceived>(client.on_text("2[\"\",[]]"));
  EXPECT_TRUE(empty.named);
  EXPECT_EQ(empty.name(), "");
  EXPECT_EQ(empty.args_json, "[]");
}

TEST_F(ClientTest, APacketWithoutJsonNamesNoEvent) {
  join("/admin");
  const auto event = take<EventReceived>(client.on_text("2/admin,"));
  EXPECT_EQ(event.nsp, "/admin");
  EXPECT_FALSE(event.named);
  EXPECT_EQ(event.args_json, "");
}

TEST_F(ClientTest, AcksCarryTheirIdAndAllOfTheirArguments) {
  join("/admin");
  const auto ack = take<AckReceived>(client.on_text(R"(3/admin,12[ "fine", [1 ,2] ])"));
  EXPECT_EQ(ack.nsp, "/admin");
  EXPECT_EQ(ack.id, 12U);
  EXPECT_EQ(ack.args_json, R"("fine", [1 ,2])");
  EXPECT_EQ(take<AckReceived>(client.on_text("3/admin,9007199254740991[]")).id, kMaxAckId);
}

TEST_F(ClientTest, AnAckWithoutAnIdAnswersNothing) {
  join("/");
  EXPECT_TRUE(ignored(client.on_text("3[1]")));
  EXPECT_TRUE(ignored(client.on_text("61-[" + kOnePlaceholder + "]")));
  EXPECT_TRUE(ignored(client.on_binary("x", kMaxBytes))) << "but its attachments are due";
  EXPECT_EQ(take<EventReceived>(client.on_text("2[\"a\"]")).name(), "a");
}

TEST_F(ClientTest, AttachmentsAreCollectedInOrder) {
  join("/");
  EXPECT_TRUE(
      ignored(client.on_text(R"(52-["up",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])")));
  EXPECT_TRUE(ignored(client.on_binary("one", kMaxBytes)));
  const auto event = take<EventReceived>(client.on_binary("two", kMaxBytes));
  EXPECT_EQ(event.attachments, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(event.args_json, R"({"_placeholder":true,"num":0},{"_placeholder":true,"num":1})");
}

TEST_F(ClientTest, AttachmentsMayBeEmptyAndAcksMayHaveThem) {
  join("/admin");
  EXPECT_TRUE(ignored(client.on_text("61-/admin,7[" + kOnePlaceholder + "]")));
  const auto ack = take<AckReceived>(client.on_binary({}, kMaxBytes));
  EXPECT_EQ(ack.id, 7U);
  EXPECT_EQ(ack.attachments, std::vector<std::string>{""});
}

TEST_F(ClientTest, ABinaryEventMayHoldWhatOtherEventsMay) {
  join("/");
  const std::string args = R"("\ud800",)" + std::string(40, '[') + kOnePlaceholder + std::string(40, ']');
  EXPECT_TRUE(ignored(client.on_text("51-[\"up\"," + args + "]")));
  EXPECT_EQ(take<EventReceived>(client.on_binary("x", kMaxBytes)).args_json, args);
}

TEST_F(ClientTest, TextWhileBinaryIsDueAndBinaryWhenNoneIsAreFaults) {
  join("/");
  EXPECT_FAULT(client.on_binary("x", kMaxBytes), unexpected_binary);
  EXPECT_TRUE(ignored(client.on_text("51-[\"up\"," + kOnePlaceholder + "]")));
  EXPECT_FAULT(client.on_text("2[\"a\"]"), missing_binary);
}

TEST_F(ClientTest, NoBinaryIsDueAfterTheLastAttachment) {
  join("/");
  EXPECT_TRUE(ignored(client.on_text("51-[\"up\"," + kOnePlaceholder + "]")));
  EXPECT_TRUE(client.on_binary("x", kMaxBytes).ok());
  EXPECT_FAULT(client.on_binary("x", kMaxBytes), unexpected_binary);
}

TEST_F(ClientTest, AttachmentsOfOnePacketAreBoundedTogether) {
  join("/");
  for (int packet = 0; packet < 2; ++packet) {
    EXPECT_TRUE(ignored(client.on_text("52-[\"up\"," + kOnePlaceholder + "]")));
    EXPECT_TRUE(ignored(client.on_binary(std::string(60, 'x'), kMaxBytes)));
    EXPECT_TRUE(client.on_binary(std::string(40, 'x'), kMaxBytes).ok());
  }
  EXPECT_TRUE(ignored(client.on_text("52-[\"up\"," + kOnePlaceholder + "]")));
  EXPECT_TRUE(ignored(client.on_binary(std::string(60, 'x'), kMaxBytes)));
  EXPECT_FAULT(client.on_binary(std::string(41, 'x'), kMaxBytes), attachments_too_big);
}

TEST_F(ClientTest, WhatIsNotConnectedMaySayNothing) {
  for (const char* packet : {"2[\"a\"]", "30[]", "1", "2/admin,[\"a\"]", "2", "51-[\"a\"]"}) {
    EXPECT_FAULT(Client().on_text(packet), not_connected) << packet;
    Client pending;
    ASSERT_TRUE(pending.on_text("0").ok());
    EXPECT_FAULT(pending.on_text(packet), not_connected) << packet << " while pending";
    Client refused;
    ASSERT_TRUE(refused.on_text("0").ok());
    refused.refuse("/");
    EXPECT_FAULT(refused.on_text(packet), not_connected) << packet << " when refused";
  }
  join("/admin");
  EXPECT_FAULT(client.on_text("2[\"a\"]"), not_connected) << "another namespace is no help";
}

TEST_F(ClientTest, ConnectingTwiceIsAFaultWhilePendingToo) {
  join("/");
  EXPECT_FAULT(client.on_text("0"), already_connected);
  EXPECT_TRUE(client.on_text("0/admin").ok());
  EXPECT_FAULT(client.on_text("0/admin,"), already_connected);
}

TEST_F(ClientTest, ARefusedClientMayTryAgain) {
  ASSERT_TRUE(client.on_text("0").ok());
  client.refuse("/");
  EXPECT_FALSE(client.connected("/"));
  EXPECT_TRUE(client.on_text("0").ok());
}

TEST_F(ClientTest, LeavingIsToldOnceAndOtherNamespacesStay) {
  join("/");
  join("/custom");
  EXPECT_EQ(take<DisconnectReceived>(client.on_text("1/custom,")).nsp, "/custom");
  EXPECT_FALSE(client.connected("/custom"));
  EXPECT_TRUE(client.connected("/"));
  EXPECT_FAULT(client.on_text("1/custom,"), not_connected);
}

TEST_F(ClientTest, WhoHasLeftMayComeBack) {
  join("/");
  EXPECT_TRUE(client.on_text("1").ok());
  join("/");
  EXPECT_TRUE(client.connected("/"));
}

TEST_F(ClientTest, WhatComesForANamespaceTheServerHasLeftIsIgnored) {
  join("/");
  client.disconnected("/");
  EXPECT_FALSE(client.connected("/"));
  EXPECT_TRUE(ignored(client.on_text("2[\"a\"]")));
  EXPECT_TRUE(ignored(client.on_text("30[]")));
  EXPECT_TRUE(ignored(client.on_text("51-[\"up\"," + kOnePlaceholder + "]")));
  EXPECT_TRUE(ignored(client.on_binary("x", kMaxBytes)));
  EXPECT_TRUE(ignored(client.on_text("1")));
  EXPECT_FAULT(client.on_text("1"), not_connected) << "after its own goodbye it knows";
  EXPECT_TRUE(client.on_text("0").ok());
}

TEST_F(ClientTest, AttachmentsOfANamespaceTheServerLeavesMeanwhileAreStillTaken) {
  join("/");
  EXPECT_TRUE(ignored(client.on_text("51-[\"up\"," + kOnePlaceholder + "]")));
  client.disconnected("/");
  EXPECT_TRUE(ignored(client.on_binary("x", kMaxBytes)));
  EXPECT_TRUE(client.on_text("0").ok());
}

TEST_F(ClientTest, AnAnswerForANamespaceTheClientDoesNotHaveChangesNothing) {
  client.accept("/");
  client.disconnected("/admin");
  client.refuse("/other");
  EXPECT_FALSE(client.connected("/"));
  EXPECT_FAULT(client.on_text("2/admin,[\"a\"]"), not_connected);
}

TEST_F(ClientTest, NamespacesAreBounded) {
  for (std::size_t i = 0; i < Client::kMaxNamespaces; ++i) {
    ASSERT_TRUE(client.on_text("0/" + std::to_string(i)).ok());
  }
  EXPECT_FAULT(client.on_text("0/one-more"), too_many_namespaces);
  client.refuse("/0");
  EXPECT_TRUE(client.on_text("0/one-more").ok());
}

TEST_F(ClientTest, IsSmallForThereIsOneForEachConnection) {
  EXPECT_LE(sizeof(Client), 64U);
}

TEST(ClientBounds, TenAttachmentsComeInOrder) {
  Client client;
  ASSERT_TRUE(client.on_text("0").ok());
  client.accept("/");
  ASSERT_TRUE(client.on_text("510-[\"a\",{\"_placeholder\":true,\"num\":9}]").ok());
  for (char c = '0'; c < '9'; ++c) ASSERT_FALSE(*client.on_binary(std::string(1, c), kMaxBytes));
  const auto last = client.on_binary("9", kMaxBytes);
  ASSERT_TRUE(last.ok() && *last);
  std::string all;
  for (const auto& attachment : std::get<EventReceived>(**last).attachments) all += attachment;
  EXPECT_EQ(all, "0123456789");
}

// A client that gets `41` does not answer: nothing but a new CONNECT ever frees the place.
TEST(ClientBounds, NamespacesTheServerHasLeftDoNotUseUpTheLimit) {
  Client client;
  for (std::size_t i = 0; i < Client::kMaxNamespaces; ++i) {
    const std::string nsp = "/" + std::to_string(i);
    ASSERT_TRUE(client.on_text("0" + nsp).ok());
    client.accept(nsp);
    client.disconnected(nsp);
  }
  EXPECT_TRUE(client.on_text("0/one-more").ok());
}

}  // namespace
}  // namespace rollcall::socketio
