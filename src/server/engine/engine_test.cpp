// Engine.IO sessions over real connections: what ends them, what does not, and what is heard of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kUnknownSid = R"({"code":1,"message":"Session ID unknown"})";
constexpr const char* kBadRequest = R"({"code":3,"message":"Bad request"})";

class EngineTest : public testing::Test {
 protected:
  // Notes why sockets end.
  static void serve(Host& host) {
    host.server.of("/").on_disconnect(
        [&host](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
    host.server.of("/").on("sync", [](Socket&, const Payload&, Ack ack) { ack({}); });
    host.start();
  }
  static Client member(Host& host, By by, int receive_buffer = 0) {
    Client client(host.address(), by, {"/socket.io/", "", "", receive_buffer});
    EXPECT_THAT(client.connect(), StartsWith("40{"));
    return client;
  }
  static void expect_alive(Client& client) {
    client.send(R"(420["sync"])");
    EXPECT_THAT(client.until("430[]"), IsEmpty());
  }
  static std::string body_of_poll(Host& host, Client& client) {
    return get(host.address(), client.target("polling")).body;
  }

  Host host;
};

TEST_F(EngineTest, ASecondGetClosesTheSession) {
  serve(host);
  Client client = member(host, By::polling);
  client.start_poll();
  host.settle();
  const auto second = get(host.address(), client.target("polling"));
  EXPECT_EQ(second.status, 400);
  EXPECT_EQ(client.next(), "1");
  EXPECT_EQ(body_of_poll(host, client), kUnknownSid);
  EXPECT_THAT(host.notes.await(1), ElementsAre("transport error"));
}

TEST_F(EngineTest, ASecondPostClosesTheSession) {
  serve(host);
  Client client = member(host, By::polling);
  const std::string request = post_request(client.target("polling"), "4x");
  client.post_wire().write(request.substr(0, request.size() - 1));
  host.settle();
  Wire second(host.address());
  second.write(request);
  EXPECT_EQ(await_http_answer(second).status, 400);
  client.post_wire().write("x");
  EXPECT_EQ(await_http_answer(client.post_wire()).status, 400);
  EXPECT_EQ(body_of_poll(host, client), kUnknownSid);
}

TEST_F(EngineTest, APostThatIsLostIsNoHindranceToTheNext) {
  serve(host);
  Client client = member(host, By::polling);
  {
    Wire lost(host.address());
    lost.write("POST " + client.target("polling") + " HTTP/1.1\r\nhost: t\r\ncontent-length: 10\r\n\r\n4");
    host.settle();
  }
  host.settle();
  expect_alive(client);
}

TEST_F(EngineTest, ATooLargePostIsRefusedAndTheSessionGoesOn) {
  ServerOptions options;
  options.max_payload_bytes = 1000;
  Host small(options);
  serve(small);
  Client client = member(small, By::polling);
  Wire large(small.address());
  large.write(post_request(client.target("polling"), std::string(1001, '4')));
  EXPECT_EQ(await_http_answer(large).status, 413);
  expect_alive(client);
  EXPECT_THAT(small.notes.all(), IsEmpty());
}

TEST_F(EngineTest, ATooLargeMessageClosesAWebsocket) {
  ServerOptions options;
  options.max_payload_bytes = 1000;
  Host small(options);
  serve(small);
  Client client = member(small, By::websocket);
  client.send("4" + std::string(1000, 'x'));
  EXPECT_EQ(client.next(), "close 1009");
  EXPECT_THAT(small.notes.await(1), ElementsAre("transport close"));
}

TEST_F(EngineTest, NonsenseClosesTheSession) {
  for (const char* packet : {"x", "2", "0", "5", "4nonsense", R"(42/unjoined,["x"])", "b@", "bAAAA"}) {
    for (const By by : {By::polling, By::websocket}) {
      if (by == By::websocket && packet == std::string("b@")) continue;  // no such frame
      Host one;
      serve(one);
      Client client = member(one, by);
      client.send(packet);
      EXPECT_THAT(one.notes.await(1), ElementsAre("parse error")) << packet;
      EXPECT_EQ(client.post_answer().status, by == By::polling ? 400 : 0) << packet;
      EXPECT_EQ(client.next(), by == By::polling ? kEnd : "close 1000") << packet;
    }
  }
}

TEST_F(EngineTest, AGoodbyeEndsTheSessionAndTheWaitingPoll) {
  serve(host);
  Client client = member(host, By::polling);
  client.start_poll();
  host.settle();
  client.send("1");
  EXPECT_EQ(client.post_answer().body, "ok");
  EXPECT_EQ(await_http_answer(client.poll_wire()).body, "6");
  EXPECT_EQ(body_of_poll(host, client), kUnknownSid);
  EXPECT_THAT(host.notes.await(1), ElementsAre("transport close"));
}

TEST_F(EngineTest, APollThatTheGoodbyeOvertookIsAnsweredAllTheSame) {
  serve(host);
  Client client = member(host, By::polling);
  client.send("1");
  EXPECT_EQ(client.post_answer().body, "ok");
  EXPECT_THAT(host.notes.await(1), ElementsAre("transport close"));
  client.start_poll();
  const auto answer = await_http_answer(client.poll_wire());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "6");
  EXPECT_EQ(body_of_poll(host, client), kUnknownSid);
}

TEST_F(EngineTest, ALostPollEndsTheSessionAtOnce) {
  serve(host);
  Client client = member(host, By::polling);
  client.lose();
  EXPECT_EQ(body_of_poll(host, client), kUnknownSid);
  EXPECT_THAT(host.notes.await(1), ElementsAre("transport close"));
}

TEST_F(EngineTest, ASilentClientIsFoundDead) {
  ServerOptions options;
  options.ping_interval = options.ping_timeout = milliseconds(250);
  Host quick(options);
  serve(quick);
  Client polling = member(quick, By::polling), websocket = member(quick, By::websocket);
  EXPECT_THAT(quick.notes.await(2), ElementsAre("ping timeout", "ping timeout"));
  EXPECT_THAT(websocket.websocket().await_close(), true);
  EXPECT_EQ(body_of_poll(quick, polling), kUnknownSid);
}

TEST_F(EngineTest, AClientThatAnswersPingsLives) {
  ServerOptions options;
  options.ping_interval = milliseconds(5);
  Host quick(options);
  serve(quick);
  for (const By by : {By::polling, By::websocket}) {
    Client client(quick.address(), by);
    client.connect();
    const auto due = quick.call([&] { return quick.server.now(); }) + milliseconds(40);
    while (quick.call([&] { return quick.server.now(); }) < due) expect_alive(client);
  }
  EXPECT_THAT(quick.notes.all(), testing::Each("transport close"));
}

TEST_F(EngineTest, OneWhoJoinsNoNamespaceIsClosed) {
  ServerOptions options;
  options.connect_timeout = milliseconds(500);
  Host quick(options);
  serve(quick);
  Client joined = member(quick, By::websocket);
  Client polling(quick.address(), By::polling), refused(quick.address(), By::websocket);
  polling.start_poll();
  EXPECT_EQ(refused.connect("/none"), R"(44/none,{"message":"Invalid namespace"})");
  EXPECT_EQ(refused.next(), "close 1000");
  EXPECT_EQ(polling.next(), "1");
  expect_alive(joined);
  EXPECT_THAT(quick.notes.all(), IsEmpty());
}

TEST_F(EngineTest, ASessionThatNobodyHasUsedInTimeIsForgotten) {
  ServerOptions options;
  options.connect_timeout = milliseconds(20);
  Host quick(options);
  serve(quick);
  Client unused(quick.address(), By::polling);
  Client later(quick.address(), By::websocket);
  EXPECT_EQ(later.next(), "close 1000");
  EXPECT_EQ(body_of_poll(quick, unused), kUnknownSid);
}

TEST_F(EngineTest, ForeignPagesAreKeptOutUnlessAllowed) {
  ServerOptions options;
  options.cors_origins = {"https://friend.example"};
  Host host2(options);
  serve(host2);
  const std::string target = "/socket.io/?EIO=4&transport=polling";
  const auto foe = get(host2.address(), target, "origin: https://foe.example\r\n");
  EXPECT_EQ(foe.status, 403);
  EXPECT_EQ(
      foe.body,
      R"({"code":4,"message":"Forbidden: this origin is not allowed, list it in cors.origins of the server"})");
  const auto ally = get(host2.address(), target, "origin: https://friend.example\r\n");
  EXPECT_EQ(ally.status, 200);
  EXPECT_THAT(ally.head, HasSubstr("access-control-allow-origin: https://friend.example\r\n"));
  EXPECT_EQ(get(host2.address(), target, "origin: http://test\r\n").status, 200);  // its own
}

TEST_F(EngineTest, RequestsThatDoNotFitAreRefusedAndTheSessionGoesOn) {
  serve(host);
  Client client = member(host, By::websocket);
  EXPECT_EQ(body_of_poll(host, client), kBadRequest);
  EXPECT_EQ(get(host.address(), "/socket.io/?EIO=3&transport=websocket&sid=" + client.sid()).body,
            kBadRequest);
  EXPECT_EQ(get(host.address(), "/socket.io/?EIO=4&transport=polling&sid=nobody").body, kUnknownSid);
  EXPECT_EQ(get(host.address(), "/socket.io/?EIO=3&transport=polling").body,
            R"({"code":5,"message":"Unsupported protocol version"})");
  expect_alive(client);
}

}  // namespace
}  // namespace rollcall::server
