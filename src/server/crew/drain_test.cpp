// The orderly end: a drain tells every client, waits for those who have something to fetch, and ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "server/test_client.hpp"
#include "server/test_host.hpp"
#include "server/test_workers.hpp"

namespace rollcall {
namespace {

using namespace server::test;
using testing::ElementsAre;

class Drain : public testing::Test {
 protected:
  Drain() {
    nsp.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
    host.start();
  }
  Client member(By by) {
    Client client(host.address(), by);
    EXPECT_THAT(client.connect(), testing::StartsWith("40{"));
    return client;
  }
  void drain(milliseconds limit = kPatience * 2) {
    host.call([&] { host.server.drain(limit); });
  }
  // Whether it ended before its limit.
  void expect_end(const std::chrono::steady_clock::time_point begun) {
    host.join();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, kPatience);
  }

  Host host;
  Namespace& nsp = host.server.of("/");
  const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

TEST_F(Drain, EndsAtOnceWhenNobodyIsThere) {
  drain();
  expect_end(begin);
}

TEST_F(Drain, ClosesTransportsAndWaitsUntilPollingClientsHaveFetchedTheirLast) {
  Client polling = member(By::polling), websocket = member(By::websocket);
  Wire idle(host.address());
  host.settle();
  host.call([&] {
    nsp.emit("last", {});
    host.server.drain(kPatience * 2);
  });
  EXPECT_THAT(websocket.next(2), ElementsAre(R"(42["last"])", "close 1000"));
  websocket.lose();
  EXPECT_THAT(polling.next(2), ElementsAre(R"(42["last"])", "1"));
  EXPECT_TRUE(idle.await_close());
  polling.lose();
  idle.close();
  expect_end(begin);
  EXPECT_THAT(host.notes.all(), ElementsAre("forced close", "forced close"));
}

TEST_F(Drain, AcceptsNobodyNew) {
  Client polling = member(By::polling);
  drain();
  EXPECT_EQ(net::test::Peer::connect(host.address()), nullptr);
}

TEST_F(Drain, OpensNoSessionOnAConnectionThatIsThereAlready) {
  Client polling = member(By::polling);  // holds the drain up
  Wire idle(host.address());
  idle.write(get_request("/none"));
  EXPECT_EQ(await_http_answer(idle).status, 404);
  drain();
  idle.write(get_request("/socket.io/?EIO=4&transport=polling"));
  EXPECT_EQ(await_http_answer(idle).status, 503);
  EXPECT_TRUE(idle.await_close());
  idle.close();
  EXPECT_EQ(polling.next(), "1");
  polling.lose();
  expect_end(begin);
}

TEST_F(Drain, EndsAtItsLimitWhateverClientsDo) {
  Client polling = member(By::polling);
  drain(milliseconds(50));
  host.join();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(50));
}

TEST_F(Drain, ClosesAClientInTheMiddleOfItsHandshake) {
  Wire half(host.address());
  half.write("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nhost:");
  Client unjoined(host.address(), By::websocket);
  host.settle();
  drain();
  EXPECT_EQ(unjoined.next(), "close 1000");
  unjoined.lose();
  EXPECT_TRUE(half.await_close());
  half.close();
  expect_end(begin);
}

// Else a proxy that keeps connections could not fetch it.
TEST(DrainOfWorkers, AnIdleConnectionOfAnyWorkerStaysWhileAFarewellMayBeFetchedByIt) {
  WorkersHost host;
  host.server.of("/");
  host.start();
  Client client = host.member_at(0, By::polling);
  Wire wire = host.wire_at(1);
  host.let_spares_go();
  // For longer than a worker that has no session of its own takes to end.
  std::atomic<bool> long_enough = false;
  const auto timer = host.call([&] {
    host.server.drain(kPatience * 2);
    return host.server.schedule(host.server.now() + milliseconds(100), [&] { long_enough = true; });
  });
  while (!long_enough && !HasFailure()) {
    wire.write(get_request("/where"));
    EXPECT_EQ(await_http_answer(wire).body, "1");
  }
  wire.write(get_request(client.target("polling")));
  EXPECT_EQ(await_http_answer(wire).body, "1");
  EXPECT_TRUE(wire.await_close());
  wire.close();
  client.lose();
  host.join();
}

TEST(DrainOfWorkers, IsBegunFromAnyThread) {
  for (const bool from_a_handler : {false, true}) {
    WorkersHost host;
    host.server.of("/").on("end", [&](Socket&, const Payload&, Ack) { host.server.drain(kPatience * 2); });
    host.start();
    Client client = host.member_at(2);
    host.let_spares_go();
    if (from_a_handler) {
      client.send(R"(42["end"])");
    } else {
      host.server.drain(kPatience * 2);
    }
    EXPECT_EQ(client.next(), "close 1000");
    client.lose();
    host.join();
  }
}

}  // namespace
}  // namespace rollcall
