// One connection's bytes: however they are cut, and whatever is pipelined, the answers are the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kHandshake = "/socket.io/?EIO=4&transport=polling";

class PipeTest : public testing::Test {
 protected:
  PipeTest() {
    host.server.handle_http("GET", "/page", [](const HttpRequest& request) {
      HttpAnswer answer;
      answer.body = "page by " + request.method;
      return answer;
    });
    host.server.of("/").on("echo", [](Socket& socket, const Payload& payload, Ack ack) {
      socket.emit("echo", payload);
      ack(payload);
    });
    host.start();
  }
  // All that the server answers to these pieces, each read by itself, until it closes; ids are left out.
  std::string answers(const std::vector<std::string_view>& pieces) {
    Wire wire(host.address());
    for (const std::string_view piece : pieces) {
      wire.write(piece);
      host.settle();
    }
    EXPECT_TRUE(wire.await_close());
    static const std::regex kIds(R"("sid":"[^"]*")");
    return std::regex_replace(wire.received(), kIds, "SID");
  }
  void expect_same_wherever_cut(std::string_view script) {
    const std::string whole = answers({script});
    for (std::size_t at = 1; at < script.size(); ++at)
      ASSERT_EQ(answers({script.substr(0, at), script.substr(at)}), whole) << "cut at " << at;
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < script.size(); ++at) bytes.push_back(script.substr(at, 1));
    EXPECT_EQ(answers(bytes), whole);
  }

  Host host;
};

TEST_F(PipeTest, AnswersRequestsTheSameWhereverTheyAreCut) {
  const std::string script =
      get_request("/page") + "HEAD /page HTTP/1.1\r\nhost: test\r\n\r\n" + get_request(kHandshake) +
      post_request("/socket.io/?EIO=4&sid=x",
                   "4some\x1e"
                   "body") +
      post_request("/page", "body") + get_request("/none", "connection: close\r\n") + get_request("/page");
  const std::string whole = answers({script});
  EXPECT_THAT(whole, HasSubstr("page by GET"));
  EXPECT_THAT(whole, HasSubstr("HTTP/1.1 404"));
  expect_same_wherever_cut(script);
}

TEST_F(PipeTest, AnswersAWebsocketTheSameWhereverItIsCut) {
  using websocket::test::client_frame;
  const std::string script =
      upgrade_request("/socket.io/?EIO=4&transport=websocket") + packet_frame("40") +
      client_frame(0x01, R"(420["ec)") + client_frame(0x89, "ping") + client_frame(0x80, R"(ho",1])") +
      packet_frame(R"(451-["echo",{"_placeholder":true,"num":0}])") + packet_frame(binary_packet("bin")) +
      packet_frame(R"(42["echo",")" + std::string(130, 'x') + "\"]") + packet_frame("1");
  const std::string whole = answers({script});
  EXPECT_THAT(whole, StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(whole, HasSubstr(R"(430[1])"));
  EXPECT_THAT(whole, HasSubstr("xxxxx"));
  expect_same_wherever_cut(script);
}

TEST_F(PipeTest, KeepsWhatIsPipelinedBehindAWaitingPollInOrder) {
  // The server reads both connections in one turn: first the one that ends the poll, then the rest of
  // what was pipelined behind the poll.
  Client client(host.address(), By::polling);
  const std::string next = get_request("/page");
  client.start_poll();
  client.poll_wire().write(next.substr(0, 9));
  Wire probe(host.address());
  probe.write(upgrade_request(client.target("websocket")));
  ASSERT_EQ(await_http_answer(probe).status, 101);
  host.settle();
  host.call([&] {
    probe.write(packet_frame("2probe"));
    client.poll_wire().write(next.substr(9));
  });
  EXPECT_EQ(await_http_answer(client.poll_wire()).body, "6");
  EXPECT_EQ(await_http_answer(client.poll_wire()).body, "page by GET");
}

std::string many(std::size_t count, const std::string& request) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += request;
  return all;
}

TEST_F(PipeTest, WaitsWithWhateverIsPipelinedBehindAWaitingPoll) {
  Client client(host.address(), By::polling);
  client.connect();
  client.start_poll();
  constexpr std::size_t kRequests = 2500;  // 85 KB
  client.poll_wire().write(many(kRequests, get_request("/page")));
  host.settle();
  client.send(R"(42["echo",1])");
  EXPECT_EQ(client.next(), R"(42["echo",1])");
  for (std::size_t i = 0; i < kRequests; ++i)
    ASSERT_EQ(await_http_answer(client.poll_wire()).body, "page by GET") << i;
}

TEST_F(PipeTest, AnswersAllRequestsThoughAllAreRefused) {
  Wire wire(host.address());
  wire.write(many(60, get_request("/none")) + get_request("/page"));
  for (int i = 0; i < 60; ++i) ASSERT_EQ(await_http_answer(wire).status, 404) << i;
  EXPECT_EQ(await_http_answer(wire).body, "page by GET");
}

TEST_F(PipeTest, TakesTheManyPacketsOfAPostInOrder) {
  Client client(host.address(), By::polling);
  client.connect();
  std::vector<std::string> packets;
  for (int i = 0; i < 1000; ++i) packets.push_back("42[\"echo\"," + std::to_string(i) + "]");
  client.send_all(packets);
  EXPECT_EQ(client.post_answer().body, "ok");
  EXPECT_EQ(client.next(packets.size()), packets);
  client.send_all({packets[0], "x"});
  EXPECT_EQ(client.post_answer().status, 400);
}

TEST_F(PipeTest, AnswersOneWhoSaysThatItWillSendNoMore) {
  Wire wire(host.address());
  wire.write(get_request("/page"));
  wire.half_close();
  EXPECT_EQ(await_http_answer(wire).body, "page by GET");
  EXPECT_TRUE(wire.await_close());
}

TEST_F(PipeTest, InvitesABodyThatWaitsForAnInvitation) {
  Client client(host.address(), By::polling);
  Wire& wire = client.post_wire();
  wire.write("POST " + client.target("polling") +
             " HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
  EXPECT_EQ(await_http_answer(wire).status, 100);
  wire.write("40");
  EXPECT_EQ(await_http_answer(wire).body, "ok");
}

TEST_F(PipeTest, RefusesNonsenseAndCloses) {
  EXPECT_THAT(answers({"\x16\x03\x01 no HTTP\r\n\r\n"}), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answers({get_request("/page", "x: " + std::string(20'000, 'x') + "\r\n")}),
              StartsWith("HTTP/1.1 431 "));
}

TEST_F(PipeTest, RefusesABadWebsocketHandshakeAndCloses) {
  const std::string target = "/socket.io/?EIO=4&transport=websocket";
  EXPECT_THAT(answers({get_request(target,
                                   "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 8\r\n"
                                   "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n")}),
              StartsWith("HTTP/1.1 426 "));
  EXPECT_THAT(answers({get_request(
                  target, "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n")}),
              StartsWith("HTTP/1.1 400 "));
}

TEST_F(PipeTest, ClosesAWebsocketThatBreaksTheRulesWithTheRightCode) {
  const std::string open = upgrade_request("/socket.io/?EIO=4&transport=websocket");
  const auto code_after = [&](const std::string& bytes) {
    const std::string all = answers({open + bytes});
    return static_cast<unsigned char>(all[all.size() - 2]) * 256 + static_cast<unsigned char>(all.back());
  };
  EXPECT_EQ(code_after(std::string("\x81\x01x", 3)), 1002);  // not masked
  EXPECT_EQ(code_after(websocket::test::client_frame(0x81, "4\xff")), 1007);
  EXPECT_EQ(code_after(websocket::test::client_frame(0x81, std::string(1'000'001, '4'))), 1009);
  EXPECT_EQ(code_after(websocket::test::client_close(3333)), 3333);
}

}  // namespace
}  // namespace rollcall::server
