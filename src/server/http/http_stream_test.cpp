// Answers that go out piece by piece: their bytes, their readers, their end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/test_host.hpp"
#include "server/test_http.hpp"
#include "server/test_workers.hpp"

namespace rollcall {
namespace {

using namespace server::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ServerOptions with_small_backlog() {
  ServerOptions options;
  options.backlog_bytes = 100'000;
  return options;
}

class HttpStreamTest : public testing::Test {
 protected:
  HttpStreamTest() {
    host.server.handle_http("GET", "/stream", [this](HttpRequest&, const HttpReply& reply) {
      HttpAnswer head;
      head.content_type = "text/event-stream";
      stream = reply.stream(head);
      stream.on_close([this] { host.notes.add("closed"); });
      host.notes.add(stream.open() ? "open" : "not open");
    });
    host.server.handle_http("GET", "/page", [](const HttpRequest&) {
      HttpAnswer answer;
      answer.body = "page";
      return answer;
    });
    host.start();
  }
  void write(const std::string& bytes) {
    host.call([&] { stream.write(bytes); });
  }
  bool is_open() {
    return host.call([&] { return stream.open(); });
  }
  // The answer's head, once the stream is open.
  std::string begin(Wire& wire, const std::string& request) {
    wire.write(request);
    host.notes.await(1);
    std::string head;
    wire.await([&] {
      const std::size_t end = wire.received().find("\r\n\r\n");
      if (end == std::string::npos) return false;
      head = wire.received().substr(0, end + 4);
      wire.received().erase(0, end + 4);
      return true;
    });
    return head;
  }
  // Chunks until there are so many bytes, or the last one.
  std::string read(Wire& wire, std::size_t bytes) {
    std::string all;
    bool complete = false;
    wire.await([&] {
      all += take_chunks(wire.received(), complete);
      return complete || all.size() >= bytes;
    });
    return all + (complete ? "|" : "");
  }

  Host host{with_small_backlog()};
  HttpStream stream;  // the worker's
};

TEST_F(HttpStreamTest, SendsChunksAsTheyAreWrittenAndGoesOnBehindTheEnd) {
  Wire wire(host.address());
  const std::string head = begin(wire, get_request("/stream") + get_request("/page"));
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("content-type: text/event-stream\r\n"));
  EXPECT_THAT(head, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_THAT(head, HasSubstr("connection: keep-alive\r\n"));
  write("one");
  EXPECT_EQ(read(wire, 3), "one");
  host.call([&] {
    stream.write("");  // would be the last chunk
    stream.write("two");
    stream.write(std::string(70'000, 'x'));
    stream.end();
    stream.end();
    stream.write("after the end");
    EXPECT_FALSE(stream.open());
  });
  EXPECT_EQ(read(wire, 100'000), "two" + std::string(70'000, 'x') + "|");
  EXPECT_EQ(await_http_answer(wire).body, "page");
  host.settle();
  EXPECT_THAT(host.notes.all(), ElementsAre("open"));  // an end of one's own is no news
}

TEST_F(HttpStreamTest, EndsWithTheConnectionForClientsWithoutChunks) {
  Wire wire(host.address());
  const std::string head = begin(wire, "GET /stream HTTP/1.0\r\nhost: t\r\nconnection: keep-alive\r\n\r\n");
  EXPECT_THAT(head, Not(HasSubstr("transfer-encoding")));
  EXPECT_THAT(head, HasSubstr("connection: close\r\n"));
  write("one");
  host.call([&] { stream.end(); });
  EXPECT_TRUE(wire.await_close());
  EXPECT_EQ(wire.received(), "one");
}

TEST_F(HttpStreamTest, AnswersHeadWithTheHeadAlone) {
  Wire wire(host.address());
  const std::string head = begin(wire, "HEAD /stream HTTP/1.1\r\nhost: t\r\n\r\n" + get_request("/page"));
  EXPECT_THAT(head, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_EQ(await_http_answer(wire).body, "page");
  EXPECT_THAT(host.notes.all(), ElementsAre("not open"));
}

TEST_F(HttpStreamTest, TellsThatTheReaderHasGone) {
  Wire wire(host.address());
  begin(wire, get_request("/stream"));
  wire.close();
  EXPECT_THAT(host.notes.await(2), ElementsAre("open", "closed"));
  EXPECT_FALSE(is_open());
  write("for nobody");
  host.call([&] {
    stream.when_sent([this] { host.notes.add("sent"); });
    EXPECT_EQ(stream.unsent(), 0U);
  });
  host.settle();
  EXPECT_THAT(host.notes.all(), ElementsAre("open", "closed"));
}

TEST_F(HttpStreamTest, ClosesAReaderThatReadsNothing) {
  Wire wire(host.address(), 4096);
  begin(wire, get_request("/stream"));
  while (is_open()) write(std::string(50'000, 'x'));
  EXPECT_THAT(host.notes.await(2), ElementsAre("open", "closed"));
}

// As one writes who has much to say: a piece when the one before is on its way.
TEST_F(HttpStreamTest, AWriterThatWaitsForItsReaderIsNeverAheadOfIt) {
  constexpr std::size_t kPieces = 200;
  constexpr std::size_t kPiece = 50'000;
  std::size_t left = kPieces;
  std::size_t most = 0;
  std::function<void()> next = [&] {
    if (left-- == 0) {
      stream.end();
      return;
    }
    stream.write(std::string(kPiece, 'x'));
    most = std::max(most, stream.unsent());
    stream.when_sent(next);
  };
  Wire wire(host.address(), 4096);
  begin(wire, get_request("/stream"));
  host.call([&] { stream.when_sent(next); });
  EXPECT_EQ(read(wire, kPieces * kPiece + 1).size(), kPieces * kPiece + 1);
  EXPECT_LT(most, kPiece + 100);
}

TEST_F(HttpStreamTest, SaysHowMuchTheSystemHasNotTaken) {
  Wire wire(host.address(), 4096);
  begin(wire, get_request("/stream"));
  std::size_t unsent = 0;
  while (unsent == 0 && is_open()) {
    write(std::string(50'000, 'x'));
    unsent = host.call([&] { return stream.unsent(); });
  }
  EXPECT_TRUE(is_open());
  host.call([&] { stream.when_sent([this] { host.notes.add("sent"); }); });
  while (host.notes.all().size() < 2) read(wire, 1);
  EXPECT_THAT(host.notes.await(2), ElementsAre("open", "sent"));
  EXPECT_EQ(host.call([&] { return stream.unsent(); }), 0U);
}

TEST_F(HttpStreamTest, EndsWhenItsLastCopyGoes) {
  Wire wire(host.address());
  begin(wire, get_request("/stream"));
  host.call([&] {
    HttpStream copy = stream;
    stream = {};
    EXPECT_TRUE(copy.open());
  });
  EXPECT_EQ(read(wire, 1), "|");
  begin(wire, get_request("/stream"));
  HttpStream last = host.call([&] { return std::exchange(stream, {}); });
  last = {};  // on this thread
  EXPECT_EQ(read(wire, 1), "|");
}

TEST_F(HttpStreamTest, ADrainEndsIt) {
  Wire wire(host.address());
  begin(wire, get_request("/stream"));
  host.call([&] {
    stream.write("last");
    host.server.drain(kPatience * 2);
    EXPECT_FALSE(stream.open());
  });
  EXPECT_EQ(read(wire, 100), "last|");
  EXPECT_TRUE(wire.await_close());
  EXPECT_THAT(host.notes.await(2), ElementsAre("open", "closed"));
  wire.close();
  host.join();
}

TEST_F(HttpStreamTest, NoneBeginsWhileDraining) {
  Wire wire(host.address());
  wire.write(get_request("/page"));
  await_http_answer(wire);
  host.call([&] {
    host.server.drain(kPatience * 2);
    wire.write(get_request("/stream"));
  });
  const std::string head = begin(wire, "");
  if (head.empty()) return;  // closed before it asked
  EXPECT_EQ(read(wire, 100), "|");
  EXPECT_THAT(host.notes.all(), ElementsAre("not open"));
}

TEST_F(HttpStreamTest, MayOutliveTheServer) {
  std::optional<HttpStream> kept;
  {
    Host other;
    other.server.handle_http("GET", "/", [&](HttpRequest&, const HttpReply& reply) {
      kept = reply.stream({});
      kept->on_close([&] { other.notes.add("closed"); });
      other.notes.add("open");
    });
    other.start();
    Wire wire(other.address());
    wire.write(get_request("/"));
    other.notes.await(1);
    other.stop();
  }
  EXPECT_FALSE(kept->open());
  kept->write("x");
  kept->end();
  kept->post([] { FAIL(); });
}

TEST_F(HttpStreamTest, ATaskFromElsewhereRunsOnItsThread) {
  Wire wire(host.address());
  begin(wire, get_request("/stream"));
  HttpStream copy = host.call([&] { return stream; });
  copy.post([this] { stream.write("posted"); });
  EXPECT_EQ(read(wire, 6), "posted");
  host.call([&] { stream.end(); });
  copy.post([this] { host.notes.add("ran"); });
  host.settle();
  EXPECT_THAT(host.notes.all(), ElementsAre("open"));
}

TEST(HttpStreamOfWorkers, BelongsToTheWorkerOfItsConnection) {
  WorkersHost host;
  host.server.handle_http("GET", "/stream", [&](HttpRequest&, const HttpReply& reply) {
    HttpStream stream = reply.stream({});
    const server::WorkerIndex home = server::BusPort::current()->index();
    std::thread([=] {
      stream.post([=]() mutable {
        stream.write(home == server::BusPort::current()->index() ? "home" : "abroad");
        stream.end();
      });
    }).join();
  });
  host.start();
  for (server::WorkerIndex worker = 0; worker < kWorkers; ++worker) {
    Wire wire = host.wire_at(worker);
    wire.write(get_request("/stream"));
    wire.await([&] { return wire.received().ends_with("0\r\n\r\n"); });
    EXPECT_THAT(wire.received(), HasSubstr("home"));
  }
}

}  // namespace
}  // namespace rollcall
