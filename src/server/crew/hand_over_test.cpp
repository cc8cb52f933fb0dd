// A polling request may reach any worker, whatever its connection has served before: the worker whose
// session it is answers, as if there were no others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "server/test_workers.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class HandOverTest : public testing::Test {
 protected:
  HandOverTest() {
    nsp.on("note", [this](Socket& socket, const Payload& payload, Ack) {
      host.notes.add(payload.args);
      socket.emit("noted", payload);
    });
  }
  static HttpAnswerText ask(Wire& wire, const std::string& request) {
    wire.write(request);
    return await_http_answer(wire);
  }

  WorkersHost host;
  Namespace& nsp = host.server.of("/");
};

TEST_F(HandOverTest, EveryRequestOfASessionMayComeToAnotherWorker) {
  host.start();
  Client client = host.member_at(0, By::polling);
  Wire one = host.wire_at(1), two = host.wire_at(2);
  const std::string target = client.target("polling");
  EXPECT_EQ(ask(one, post_request(target, R"(42["note",1])")).body, "ok");
  EXPECT_EQ(ask(two, get_request(target)).body, R"(42["noted",1])");
  // The connections have come to the session's worker.
  EXPECT_EQ(host.worker_of(one), 0U);
  EXPECT_EQ(host.worker_of(two), 0U);
  Wire other = host.wire_at(1);
  EXPECT_EQ(ask(other, post_request(target, "1")).body, "ok");
  EXPECT_EQ(ask(one, get_request(target)).body, "6");
  EXPECT_EQ(ask(two, get_request(target)).status, 400);
}

TEST_F(HandOverTest, SoMayTheUpgrade) {
  host.start();
  Client client = host.member_at(2, By::polling);
  Wire wire = host.wire_at(0);
  wire.write(upgrade_request(client.target("websocket")) + packet_frame("2probe"));
  EXPECT_EQ(await_http_answer(wire).status, 101);
  std::optional<std::string> answer;
  ASSERT_TRUE(wire.await([&] { return answer = take_frame(wire.received()), answer.has_value(); }));
  EXPECT_EQ(answer, "3probe");
  wire.write(packet_frame("5") + packet_frame(R"(42["note","by websocket"])"));
  EXPECT_THAT(host.notes.await(1), ElementsAre(R"("by websocket")"));
}

TEST_F(HandOverTest, WhatIsPipelinedGoesWithTheRequestAndIsAnsweredInOrder) {
  host.start();
  Client client = host.member_at(0, By::polling), second = host.member_at(1, By::polling);
  Wire wire = host.wire_at(1);
  wire.write(get_request("/where") + post_request(client.target("polling"), R"(42["note",1])") +
             get_request("/where") + post_request(second.target("polling"), R"(42["note",2])") +
             get_request("/none") + post_request(client.target("polling"), R"(42["note",3])"));
  std::vector<std::string> answers;
  for (int i = 0; i < 6; ++i) answers.push_back(await_http_answer(wire).body);
  EXPECT_EQ(answers[0], "1");
  EXPECT_EQ(answers[1], "ok");
  EXPECT_EQ(answers[2], "0");
  EXPECT_EQ(answers[3], "ok");
  EXPECT_EQ(answers[5], "ok");
  EXPECT_THAT(host.notes.all(), ElementsAre("1", "2", "3"));
}

// So much comes in one read that the worker takes it in slices.
TEST_F(HandOverTest, MuchThatIsPipelinedBehindAWaitingAnswerGoesToo) {
  constexpr int kBehind = 200;
  host.start();
  Client client = host.member_at(0, By::polling), first = host.member_at(1, By::polling);
  Wire wire = host.wire_at(1);
  std::string script =
      post_request(first.target("polling"), "42[\"note\",\"" + std::string(5000, 'x') + "\"]") +
      get_request(first.target("polling")) + post_request(client.target("polling"), R"(42["note",2])");
  for (int i = 0; i < kBehind; ++i) script += get_request("/where");
  wire.write(script);
  EXPECT_EQ(await_http_answer(wire).body, "ok");
  EXPECT_THAT(await_http_answer(wire).body, StartsWith(R"(42["noted",)"));
  EXPECT_EQ(await_http_answer(wire).body, "ok");
  for (int i = 0; i < kBehind; ++i) ASSERT_EQ(await_http_answer(wire).body, "0") << i;
}

TEST_F(HandOverTest, ABodyMayFollowLater) {
  host.start();
  Client client = host.member_at(0, By::polling);
  Wire wire = host.wire_at(1);
  const std::string request = "POST " + client.target("polling") +
                              " HTTP/1.1\r\nhost: t\r\ncontent-length: 13\r\nexpect: 100-continue\r\n\r\n";
  for (const char byte : request) wire.write({&byte, 1});
  ASSERT_TRUE(wire.await([&] { return wire.received().find("\r\n\r\n") != std::string::npos; }));
  EXPECT_THAT(wire.received(), StartsWith("HTTP/1.1 100 "));
  wire.received().clear();
  wire.write(R"(42["note)");
  wire.write(R"(",12])");
  EXPECT_EQ(await_http_answer(wire).body, "ok");
  EXPECT_THAT(host.notes.all(), ElementsAre("12"));
}

TEST_F(HandOverTest, AnUnknownSessionIsUnknownToTheWorkerThatItNames) {
  host.start();
  Wire wire = host.wire_at(0);
  for (const char* sid : {"01notasession", "02notasession", "00notasession", "0", "zznone", "0v", "vv"}) {
    const auto answer = ask(wire, get_request("/socket.io/?EIO=4&transport=polling&sid=" + std::string(sid)));
    EXPECT_EQ(answer.status, 400) << sid;
    EXPECT_THAT(answer.body, HasSubstr("Session ID unknown")) << sid;
  }
}

// The client has given a GET up, and sends another at once, while the worker is busy.
TEST_F(HandOverTest, APollThatWasGivenUpBeforeIsKnownToBeGone) {
  std::promise<void> entered, go_on;
  nsp.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
  nsp.on("wait", [&](Socket&, const Payload&, Ack) {
    entered.set_value();
    go_on.get_future().wait();
  });
  host.start();
  Client busy = host.member_at(0);
  Client client = host.member_at(0, By::polling);
  Wire bystander = host.wire_at(1), wire = host.wire_at(1);
  client.start_poll();
  client.send(R"(42["none"])");  // by now the GET is there
  busy.send(R"(42["wait"])");
  entered.get_future().wait();
  client.poll_wire().close();
  wire.write(get_request(client.target("polling")));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(bystander, get_request("/where")).body, "1");
  go_on.set_value();
  // That has ended the session, and the request comes too late; it does not end it as a second GET would.
  EXPECT_THAT(await_http_answer(wire).body, HasSubstr("Session ID unknown"));
  EXPECT_THAT(host.notes.await(1), ElementsAre("transport close"));
}

// Else what it does not read would grow with each worker that it comes to.
TEST_F(HandOverTest, AConnectionThatTakesNoAnswersIsClosed) {
  constexpr int kRounds = 60;
  std::atomic<int> answers = 0;
  host.server.handle_http("GET", "/big", [&](const HttpRequest&) {
    ++answers;
    HttpAnswer answer;
    answer.body = std::string(300'000, 'x');
    return answer;
  });
  host.start();
  Wire wire(host.address(), 4096);
  const std::string to = "/socket.io/?EIO=4&transport=polling&sid=0";
  std::string requests;
  for (int i = 0; i < kRounds; ++i) requests += get_request("/big") + get_request(to + std::to_string(i % 3));
  wire.write(requests);
  while (host.server.connections() > 0 && answers < kRounds) host.settle();
  EXPECT_LT(answers, kRounds);
}

}  // namespace
}  // namespace rollcall::server
