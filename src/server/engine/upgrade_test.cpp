// The upgrade from polling to websocket: nothing is lost by it, and its failure costs the session nothing.
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

class UpgradeTest : public testing::Test {
 protected:
  UpgradeTest() : UpgradeTest(ServerOptions{}) {}
  explicit UpgradeTest(const ServerOptions& options) : host(options) {
    nsp.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
    nsp.on("sync", [](Socket& socket, const Payload&, Ack ack) {
      ack({"\"" + std::string(socket.transport()) + "\"", {}});
    });
    host.start();
  }
  Client member() {
    Client client(host.address(), By::polling);
    EXPECT_THAT(client.connect(), StartsWith("40{"));
    return client;
  }
  // How the session answers now, and nothing else has come.
  static void expect_alive(Client& client, const std::string& transport) {
    client.send(R"(420["sync"])");
    EXPECT_EQ(client.next(), "430[\"" + transport + "\"]");
  }
  std::unique_ptr<Wire> websocket_for(Client& client) {
    auto wire = std::make_unique<Wire>(host.address());
    wire->write(upgrade_request(client.target("websocket")));
    return wire;
  }

  Host host;
  Namespace& nsp = host.server.of("/");
};

struct ShortUpgradeTest : UpgradeTest {
  static ServerOptions options() {
    ServerOptions options;
    options.upgrade_timeout = milliseconds(250);
    return options;
  }
  ShortUpgradeTest() : UpgradeTest(options()) {}
};

TEST_F(UpgradeTest, CarriesOverWhatWasNotFetchedInOrder) {
  Client client = member();
  client.start_poll();
  client.begin_upgrade();
  EXPECT_EQ(await_http_answer(client.poll_wire()).body, "6");
  host.call([&] {
    nsp.emit("1", {});
    nsp.emit("2", {R"({"_placeholder":true,"num":0})", {"x"}});
  });
  client.websocket().write(packet_frame("5") + packet_frame(R"(420["sync"])"));
  std::string& bytes = client.websocket().received();
  std::vector<std::string> packets;
  while (packets.size() < 4) {
    std::optional<std::string> packet;
    ASSERT_TRUE(client.websocket().await([&] { return packet = take_frame(bytes), packet.has_value(); }));
    packets.push_back(*packet);
  }
  EXPECT_THAT(packets, ElementsAre(R"(42["1"])", R"(451-["2",{"_placeholder":true,"num":0}])",
                                   "beA==", R"(430["websocket"])"));
}

TEST_F(UpgradeTest, GoesOnByPollingUntilItIsComplete) {
  Client client = member();
  client.begin_upgrade();
  EXPECT_EQ(get(host.address(), client.target("polling")).body, "6");
  expect_alive(client, "polling");
  host.call([&] { nsp.emit("news", {}); });
  EXPECT_EQ(client.next(), R"(42["news"])");
  client.finish_upgrade();
  expect_alive(client, "websocket");
  const auto refused = get(host.address(), client.target("polling"));
  EXPECT_EQ(refused.body, R"({"code":3,"message":"Bad request"})");
  expect_alive(client, "websocket");
}

TEST_F(UpgradeTest, APollThatStillWaitsIsAnswered) {
  Client client = member();
  client.begin_upgrade();
  client.websocket().write(packet_frame("5"));
  host.settle();
  Client other = member();
  other.start_poll();
  other.begin_upgrade();
  other.websocket().write(packet_frame("5"));
  EXPECT_EQ(await_http_answer(other.poll_wire()).body, "6");
  EXPECT_THAT(host.notes.all(), IsEmpty());
}

TEST_F(UpgradeTest, ALostProbeCostsTheSessionNothing) {
  Client client = member();
  client.begin_upgrade();
  client.websocket().close_with_reset();
  host.settle();
  expect_alive(client, "polling");
  client.begin_upgrade();
  client.finish_upgrade();
  expect_alive(client, "websocket");
}

TEST_F(UpgradeTest, NonsenseOnTheProbeClosesOnlyTheProbe) {
  for (const char* packet : {"5", "2", "3probe", "4x", "x", "beA=="}) {
    Client client = member();
    const auto probe = websocket_for(client);
    ASSERT_EQ(await_http_answer(*probe).status, 101);
    probe->write(packet_frame(packet));
    EXPECT_TRUE(probe->await_close()) << packet;
    expect_alive(client, "polling");
  }
}

// As the reference server: clients take an HTTP error there for one of their own.
TEST_F(UpgradeTest, ASecondWebsocketIsOpenedAndClosedBeforeAndAfter) {
  Client client = member();
  const auto expect_closed = [&] {
    const auto second = websocket_for(client);
    EXPECT_EQ(await_http_answer(*second).status, 101);
    EXPECT_TRUE(second->await_close());
  };
  client.begin_upgrade();
  expect_closed();
  client.finish_upgrade();
  expect_closed();
  expect_alive(client, "websocket");
}

TEST_F(UpgradeTest, TheEndOfTheSessionEndsTheProbeToo) {
  Client client = member();
  client.begin_upgrade();
  client.send("1");
  EXPECT_TRUE(client.websocket().await_close());
  EXPECT_THAT(host.notes.await(1), ElementsAre("transport close"));
}

TEST_F(ShortUpgradeTest, AnUpgradeThatTakesTooLongIsGivenUpAndPollingGoesOn) {
  Client client = member();
  client.begin_upgrade();
  EXPECT_TRUE(client.websocket().await_close());
  expect_alive(client, "polling");
  const auto silent = websocket_for(client);
  EXPECT_EQ(await_http_answer(*silent).status, 101);
  EXPECT_TRUE(silent->await_close());
  expect_alive(client, "polling");
}

}  // namespace
}  // namespace rollcall::server
