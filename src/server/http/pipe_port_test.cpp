// A pipe with a port of the test's own: what it asks, and what it says of a connection's end.
#include "server/http/pipe_port.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/test_peer.hpp"
#include "server/http/pipe.hpp"

namespace rollcall::server {
namespace {

using testing::ElementsAre;

// Makes a websocket of whatever is requested, and writes down what it is told.
class NotingPort final : public PipePort {
 public:
  std::vector<std::string> notes;

  std::optional<WorkerIndex> other_owner(std::string_view) const override { return std::nullopt; }
  void post_started(Pipe&, const http::Request&) override {}
  std::optional<http::Response> refusal_of_body(const http::Request&) override { return std::nullopt; }
  std::size_t body_limit(const http::Request&) override { return 1000; }
  void handle(Pipe& pipe, http::Request& request) override {
    notes.push_back(request.method + " " + request.path);
    pipe.upgrade("key", {});
    pipe.bind(session_, PipeRole::transport);
  }
  void continue_post(Pipe&, PostedPackets) override {}
  void websocket_message(Pipe&, std::string_view data, bool) override { notes.emplace_back(data); }
  void pipe_lost(Pipe& pipe, PipeLoss loss) override {
    if (!pipe.session()) return;
    pipe.unbind();
    notes.emplace_back(loss == PipeLoss::gone       ? "gone"
                       : loss == PipeLoss::overflow ? "overflow"
                                                    : "close frame");
  }

 private:
  struct Session : PipeSession {};
  Session session_;
};

class PipePortTest : public testing::Test {
 protected:
  PipePortTest() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    client = std::make_unique<net::test::Peer>(ends[1]);
    pipe = &Pipe::attach(loop.adopt(net::Channel(ends[0]), kBacklog), context);
    client->write("GET /socket.io/ HTTP/1.1\r\nhost: test\r\n\r\n");
    EXPECT_TRUE(net::test::turn_until(loop, [&] { return !port.notes.empty(); }));
  }
  ~PipePortTest() override {
    client->close();
    EXPECT_TRUE(net::test::turn_until(loop, [&] { return loop.connections() == 0; }));
  }
  // What the port has been told once it was told so much.
  std::vector<std::string> await(std::size_t count) {
    net::test::turn_until(loop, [&] { return port.notes.size() >= count; });
    return port.notes;
  }

  static constexpr std::size_t kBacklog = 1 << 20;
  ServerOptions options;
  HttpSettings settings{options};
  net::Loop loop;
  Counters counters;
  HttpCounters http_counters;
  Admission admission{options};
  Routes routes;
  NotingPort port;
  PipeContext context{loop, port, settings, routes, {}, admission, counters, http_counters};
  std::unique_ptr<net::test::Peer> client;
  Pipe* pipe = nullptr;
};

using namespace std::string_literals;

TEST_F(PipePortTest, IsGivenRequestsToItsPathAndMessages) {
  client->write("\x81\x82\0\0\0\0hi"s);
  EXPECT_THAT(await(2), ElementsAre("GET /socket.io/", "hi"));
}

TEST_F(PipePortTest, IsToldOfACloseFrameOnce) {
  client->write("\x88\x82\0\0\0\0\x03\xe8"s);
  await(2);
  client->close();
  EXPECT_TRUE(net::test::turn_until(loop, [&] { return loop.connections() == 0; }));
  EXPECT_THAT(port.notes, ElementsAre("GET /socket.io/", "close frame"));
}

TEST_F(PipePortTest, IsToldOfAConnectionThatBreaks) {
  client->close();
  EXPECT_THAT(await(2), ElementsAre("GET /socket.io/", "gone"));
}

TEST_F(PipePortTest, IsToldOfWhatIsNoWebsocket) {
  client->write("\xff\xff\xff"s);
  EXPECT_THAT(await(2), ElementsAre("GET /socket.io/", "gone"));
}

TEST_F(PipePortTest, IsToldOfAClientThatDoesNotRead) {
  for (int i = 0; i < 3; ++i) pipe->send(base::Frame::make({}, {std::string(kBacklog, 'x')}, false));
  EXPECT_THAT(await(2), ElementsAre("GET /socket.io/", "overflow"));
}

}  // namespace
}  // namespace rollcall::server
