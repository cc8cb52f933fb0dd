// Requests beside Socket.IO: what their handlers get, and when and from where they may answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "server/test_host.hpp"
#include "server/test_http.hpp"
#include "server/test_workers.hpp"

namespace rollcall {
namespace {

using namespace server::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

HttpAnswer text(std::string body) {
  HttpAnswer answer;
  answer.body = std::move(body);
  return answer;
}

// Keeps the replies of requests to /late; their handler notes the path's parameter.
class HttpTest : public testing::Test {
 protected:
  HttpTest() {
    host.server.handle_http("GET", "/late/{id}", [this](HttpRequest& request, HttpReply reply) {
      replies.push_back(std::move(reply));
      host.notes.add(std::string(request.parameter("id")));
    });
    host.server.handle_http("GET", "/now", [](const HttpRequest&) { return text("now"); });
  }

  Host host;
  std::vector<HttpReply> replies;  // the worker's
};

TEST_F(HttpTest, GivesTheWholeRequest) {
  std::promise<HttpRequest> given;
  host.server.handle_http("POST", "/users/{id}/x", [&](HttpRequest& request, const HttpReply& reply) {
    given.set_value(std::move(request));
    reply.answer(text("fine"));
  });
  host.start();
  Wire wire(host.address());
  wire.write(
      "POST /users/a%2Fb/x?k=v%20w&k=2 HTTP/1.1\r\nHost: test\r\nX-Mine: 1\r\ncontent-length: 4\r\n\r\nbody");
  EXPECT_EQ(await_http_answer(wire).body, "fine");
  const HttpRequest request = given.get_future().get();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/users/a%2Fb/x");
  EXPECT_EQ(request.query, "k=v%20w&k=2");
  EXPECT_EQ(request.query_parameter("k"), "v w");
  EXPECT_EQ(request.query_parameter("none"), std::nullopt);
  EXPECT_EQ(request.header("x-mine"), "1");
  EXPECT_EQ(request.header("x-none"), std::nullopt);
  EXPECT_EQ(request.parameter("id"), "a/b");
  EXPECT_EQ(request.parameter("none"), "");
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.address, "127.0.0.1");
  EXPECT_FALSE(request.secure);
}

TEST_F(HttpTest, AnswersLaterFromAnotherThread) {
  host.start();
  Wire wire(host.address());
  wire.write(get_request("/late/1"));
  EXPECT_THAT(host.notes.await(1), ElementsAre("1"));
  const HttpReply reply = host.call([&] { return replies.front(); });
  EXPECT_FALSE(reply.over());
  std::thread([&] { reply.answer(text("from elsewhere")); }).join();
  EXPECT_EQ(await_http_answer(wire).body, "from elsewhere");
  EXPECT_TRUE(reply.over());
}

TEST_F(HttpTest, KeepsTheOrderOfWhatIsPipelined) {
  host.start();
  Wire wire(host.address());
  wire.write(get_request("/now") + get_request("/late/1") + get_request("/now") + get_request("/late/2"));
  EXPECT_EQ(await_http_answer(wire).body, "now");
  EXPECT_THAT(host.notes.await(1), ElementsAre("1"));
  host.settle();
  EXPECT_EQ(wire.received(), "");
  host.call([&] { replies[0].answer(text("late 1")); });
  EXPECT_EQ(await_http_answer(wire).body, "late 1");
  EXPECT_EQ(await_http_answer(wire).body, "now");
  EXPECT_THAT(host.notes.await(2), ElementsAre("1", "2"));
  host.call([&] { replies[1].answer(text("late 2")); });
  EXPECT_EQ(await_http_answer(wire).body, "late 2");
}

TEST_F(HttpTest, TakesTheFirstAnswerOnly) {
  host.start();
  Wire wire(host.address());
  wire.write(get_request("/late/1"));
  host.notes.await(1);
  host.call([&] {
    replies[0].answer(text("first"));
    replies[0].answer(text("second"));
    EXPECT_FALSE(replies[0].stream({}).open());
  });
  EXPECT_EQ(await_http_answer(wire).body, "first");
  wire.write(get_request("/now"));
  EXPECT_EQ(await_http_answer(wire).body, "now");
}

TEST_F(HttpTest, SaysSoWhenNobodyAnswers) {
  host.start();
  Wire wire(host.address());
  wire.write(get_request("/late/1"));
  host.notes.await(1);
  host.call([&] { replies.clear(); });
  EXPECT_EQ(await_http_answer(wire).status, 500);
  wire.write(get_request("/late/2"));
  host.notes.await(2);
  auto last = host.call([&] { return std::exchange(replies, {}); });
  last.clear();  // on this thread
  EXPECT_EQ(await_http_answer(wire).status, 500);
  wire.write(get_request("/now"));
  EXPECT_EQ(await_http_answer(wire).body, "now");
}

TEST_F(HttpTest, KnowsThatNobodyWaitsAnyMore) {
  host.start();
  Wire wire(host.address());
  wire.write(get_request("/late/1"));
  host.notes.await(1);
  const HttpReply reply = host.call([&] { return replies.front(); });
  wire.close();
  while (!reply.over()) host.settle();
  reply.answer(text("for nobody"));
  host.call([&] { replies[0].answer(text("for nobody")); });
  EXPECT_EQ(get(host.address(), "/now").body, "now");
}

TEST_F(HttpTest, RepliesMayOutliveTheServer) {
  std::optional<HttpReply> reply;
  Wire* wire = nullptr;
  std::optional<Wire> client;
  {
    Host other;
    other.server.handle_http("GET", "/late", [&](HttpRequest&, HttpReply its) {
      reply = std::move(its);
      other.notes.add("asked");
    });
    other.start();
    client.emplace(other.address());
    wire = &*client;
    wire->write(get_request("/late"));
    other.notes.await(1);
  }
  EXPECT_TRUE(reply->over());
  reply->answer(text("too late"));
  reply.reset();
  EXPECT_TRUE(wire->await_close());
}

TEST_F(HttpTest, ADrainWaitsForAnswers) {
  host.start();
  Wire wire(host.address());
  wire.write(get_request("/late/1"));
  host.notes.await(1);
  host.call([&] { host.server.drain(kPatience * 2); });
  const auto after_checks = host.call([&] {
    return host.server.schedule(host.server.now() + milliseconds(100),
                                [&] { replies[0].answer(text("last")); });
  });
  EXPECT_EQ(await_http_answer(wire).body, "last");
  EXPECT_TRUE(wire.await_close());
  wire.close();
  host.join();
}

TEST_F(HttpTest, ErrorsOfItsOwnLookAsItIsTold) {
  host.server.on_http_error([](HttpAnswer& error, std::string_view path) {
    if (!path.starts_with("/api/")) return;
    error.content_type = "x/problem";
    error.body = std::to_string(error.status) + " " + error.body;
  });
  host.server.handle_http("GET", "/api/{id}", [](const HttpRequest&) { return text("x"); });
  host.server.handle_http("GET", "/api/nobody/answers", [](HttpRequest&, const HttpReply&) {});
  host.start();
  EXPECT_THAT(get(host.address(), "/api/a/b").body, "404 Nothing is served at this path.\n");
  EXPECT_THAT(get(host.address(), "/other").body, "Nothing is served at this path.\n");
  EXPECT_THAT(get(host.address(), "/api/%").body, HasSubstr("400 The path has a percent sign"));
  EXPECT_EQ(get(host.address(), "/api/nobody/answers").body, "500 The request was not answered.\n");
  Wire wire(host.address());
  wire.write(post_request("/api/1", "x"));
  const auto refused = await_http_answer(wire);
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(refused.head, HasSubstr("allow: GET, HEAD\r\n"));
  EXPECT_THAT(refused.head, HasSubstr("content-type: x/problem\r\n"));
  EXPECT_EQ(refused.body, "405 This path does not answer this method: use GET, HEAD.\n");
  wire.write("POST /api/1 HTTP/1.1\r\nhost: t\r\ncontent-length: 1000001\r\n\r\n");
  EXPECT_THAT(await_http_answer(wire).body, testing::StartsWith("413 "));
}

TEST(HttpOfWorkers, ATaskRunsOnEveryWorker) {
  WorkersHost host;
  host.start();
  host.server.post_to_all([&] { host.notes.add(std::to_string(server::BusPort::current()->index())); });
  EXPECT_THAT(host.notes.await(kWorkers), UnorderedElementsAre("0", "1", "2"));
}

// The reply finds its way back to the worker that has the connection.
TEST(HttpOfWorkers, AnswersFromAnotherWorker) {
  WorkersHost host;
  host.server.handle_http("GET", "/sum", [&](HttpRequest&, const HttpReply& reply) {
    auto sum = std::make_shared<std::atomic<unsigned>>(0);
    auto left = std::make_shared<std::atomic<unsigned>>(kWorkers);
    host.server.post_to_all([=] {
      *sum += server::BusPort::current()->index();
      if (--*left == 0) reply.answer(text(std::to_string(*sum)));
    });
  });
  host.start();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get(host.address(), "/sum").body, "3");
}

}  // namespace
}  // namespace rollcall
