#include "server/http/unfinished.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/http/pipe.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;

// Entries only: they are never asked for what their pipe is.
Pipe& no_pipe() {
  alignas(Pipe) static std::byte place[sizeof(Pipe)];
  return *reinterpret_cast<Pipe*>(place);
}

struct UnfinishedListTest : testing::Test {
  Counters counters;
  std::unique_ptr<UnfinishedList> list = std::make_unique<UnfinishedList>(100, counters);
};

TEST_F(UnfinishedListTest, ThoseGoFirstThatHaveHeldSomethingForLongest) {
  auto first = std::make_unique<Unfinished>(*list, no_pipe());
  Unfinished second(*list, no_pipe());
  first->set(40);
  second.set(60);
  EXPECT_EQ(list->victim(), nullptr);
  second.set(61);
  EXPECT_EQ(list->victim(), first.get());
  first.reset();
  EXPECT_EQ(list->victim(), nullptr);
  EXPECT_EQ(list->bytes(), 61U);
  EXPECT_EQ(counters.value(Count::unfinished), 61U);
}

TEST_F(UnfinishedListTest, WhoHoldsLessThanBeforeMakesRoom) {
  Unfinished first(*list, no_pipe()), second(*list, no_pipe());
  first.set(90);
  second.set(20);
  EXPECT_NE(list->victim(), nullptr);
  first.set(10);
  EXPECT_EQ(list->victim(), nullptr);
  EXPECT_EQ(list->bytes(), 30U);
}

TEST_F(UnfinishedListTest, TheOnlyOneIsNotGivenUp) {
  Unfinished only(*list, no_pipe());
  only.set(1000);
  EXPECT_EQ(list->victim(), nullptr);
}

TEST_F(UnfinishedListTest, AnEntryMayOutliveItsList) {
  Unfinished left(*list, no_pipe());
  left.set(10);
  list.reset();
}

ServerOptions with_little_room() {
  ServerOptions options;
  options.unfinished_bytes = 1 << 20;
  return options;
}

constexpr std::size_t kConnections = 100;
constexpr std::size_t kHeldEach = 15'000;  // of the 16 KiB that a stranger may send

class UnfinishedTest : public testing::Test {
 protected:
  UnfinishedTest() {
    host.server.of("/").on("echo", [](Socket&, const Payload& payload, Ack ack) { ack(payload); });
    host.server.handle_http(
        "POST", "/guarded",
        [](HttpRequest& request, HttpReply reply) {
          reply.answer({200, "text/plain", std::to_string(request.body.size()), {}});
        },
        [](const HttpRequest& head) -> std::optional<HttpAnswer> {
          if (head.header("key")) return std::nullopt;
          return HttpAnswer{401, "text/plain", "no key", {}};
        });
    host.start();
  }
  std::vector<std::unique_ptr<Wire>> begin(const std::string& bytes) {
    std::vector<std::unique_ptr<Wire>> wires;
    for (std::size_t i = 0; i < kConnections; ++i) {
      wires.push_back(std::make_unique<Wire>(host.address()));
      wires.back()->write(bytes);
      if (i == 0) host.settle();  // it is the first
    }
    return wires;
  }

  Host host{with_little_room()};
};

std::string head_of_post(const std::string& more) {
  return "POST /guarded HTTP/1.1\r\nhost: t\r\n" + more + "content-length: 16000\r\n\r\n";
}

TEST_F(UnfinishedTest, BodiesOfStrangersAreGivenUpWithAnAnswerWhenTheyAreTooMuchTogether) {
  const auto wires = begin(head_of_post("") + std::string(kHeldEach, 'x'));
  EXPECT_EQ(await_http_answer(*wires.front()).status, 503);
  EXPECT_TRUE(wires.front()->await_close());
  wires.back()->write(std::string(16'000 - kHeldEach, 'x'));
  const auto last = await_http_answer(*wires.back());
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.body, "16000");
}

TEST_F(UnfinishedTest, HeadsOfStrangersAreGivenUpWhenTheyAreTooMuchTogether) {
  const auto wires = begin("GET /page HTTP/1.1\r\nhost: t\r\ncookie: " + std::string(kHeldEach, 'x'));
  EXPECT_EQ(await_http_answer(*wires.front()).status, 503);
  wires.back()->write("\r\n\r\n");
  EXPECT_EQ(await_http_answer(*wires.back()).status, 404);
}

TEST_F(UnfinishedTest, MessagesOfStrangersAreGivenUpWhenTheyAreTooMuchTogether) {
  const auto wires =
      begin(upgrade_request("/socket.io/?EIO=4&transport=websocket") +
            websocket::test::client_frame(0x01, R"(40/none,{"a":")" + std::string(kHeldEach, 'x')));
  Wire& first = *wires.front();
  EXPECT_EQ(await_http_answer(first).status, 101);
  EXPECT_TRUE(first.await_close());
  take_frame(first.received());  // the open packet
  EXPECT_EQ(take_frame(first.received()), "close 1013");
  wires.back()->write(websocket::test::client_frame(0x80, "\"}"));
  await_http_answer(*wires.back());
  EXPECT_TRUE(
      wires.back()->await([&] { return wires.back()->received().find("44/none") != std::string::npos; }));
}

TEST_F(UnfinishedTest, WhoeverHasShownAKeyOrATokenKeepsWhatHeSends) {
  Wire with_key(host.address());
  with_key.write("POST /guarded HTTP/1.1\r\nhost: t\r\nkey: x\r\ncontent-length: 500000\r\n\r\n" +
                 std::string(400'000, 'x'));
  Client member(host.address(), By::websocket);
  member.connect();
  const std::string text(100'000, 'x');
  const std::string message = packet_frame(R"(420["echo",")" + text + "\"]");
  member.websocket().write(std::string_view(message).substr(0, 90'000));
  Client polling(host.address(), By::polling);
  polling.connect();
  const std::string post = post_request(polling.target("polling"), R"(421["echo",")" + text + "\"]");
  polling.post_wire().write(std::string_view(post).substr(0, 90'000));
  host.settle();
  const auto wires = begin(head_of_post("") + std::string(kHeldEach, 'x'));
  EXPECT_EQ(await_http_answer(*wires.front()).status, 503);
  with_key.write(std::string(100'000, 'x'));
  EXPECT_EQ(await_http_answer(with_key).body, "500000");
  member.websocket().write(std::string_view(message).substr(90'000));
  EXPECT_EQ(member.next(), "430[\"" + text + "\"]");
  polling.post_wire().write(std::string_view(post).substr(90'000));
  EXPECT_EQ(await_http_answer(polling.post_wire()).status, 200);
  EXPECT_EQ(polling.next(), "431[\"" + text + "\"]");
}

}  // namespace
}  // namespace rollcall::server
