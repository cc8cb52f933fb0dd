// What handlers may do in the middle of things: a namespace must stay right whatever they do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rollcall/server.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::StartsWith;

class CallbacksTest : public testing::TestWithParam<By> {
 protected:
  CallbacksTest() { answer_sync(nsp); }
  Client member() {
    Client client(host.address(), GetParam());
    EXPECT_THAT(client.connect(), StartsWith("40{"));
    return client;
  }

  Host host;
  Namespace& nsp = host.server.of("/");
};

INSTANTIATE_TEST_SUITE_P(ByEachTransport, CallbacksTest, testing::Values(By::polling, By::websocket),
                         [](const auto& by) { return by.param == By::polling ? "Polling" : "Websocket"; });

TEST_P(CallbacksTest, ADisconnectHandlerMayEmitToTheOthers) {
  nsp.on_disconnect([this](Socket& gone, std::string_view) {
    EXPECT_FALSE(gone.connected());
    EXPECT_EQ(gone.ref().get(), nullptr);
    EXPECT_EQ(gone.handshake().address(), "127.0.0.1");
    gone.join("room");
    gone.emit("to the dead", {});
    gone.broadcast().emit("left", {});
    gone.to("room").emit("room", {});
    nsp.emit("left too", {});
    gone.disconnect(true);
  });
  nsp.on_connection([](Socket& socket) { socket.join("room"); });
  host.start();
  Client one = member(), two = member();
  one.send("41");
  host.settle();
  EXPECT_THAT(until_sync(two), ElementsAre(R"(42["left"])", R"(42["room"])", R"(42["left too"])"));
  EXPECT_EQ(host.call([&] { return nsp.size("room"); }), 1U);
}

TEST_P(CallbacksTest, ADisconnectHandlerMayDisconnectOthersUntilNobodyIsLeft) {
  constexpr std::size_t kClients = 5;
  std::vector<SocketRef> sockets;
  nsp.on_connection([&](Socket& socket) { sockets.push_back(socket.ref()); });
  nsp.on_disconnect([&](Socket&, std::string_view reason) {
    host.notes.add(std::string(reason));
    nsp.emit("one less", {});
    for (const SocketRef& ref : sockets) {
      if (Socket* next = ref.get()) return next->disconnect(true);
    }
  });
  host.start();
  std::vector<Client> clients;
  for (std::size_t i = 0; i < kClients; ++i) clients.push_back(member());
  clients[2].lose();
  EXPECT_EQ(host.notes.await(kClients).size(), kClients);
  EXPECT_EQ(host.call([&] { return nsp.size(); }), 0U);
}

TEST_P(CallbacksTest, ASocketMayDisconnectAnotherInTheMiddleOfABroadcast) {
  std::vector<SocketRef> sockets;
  nsp.on_connection([&](Socket& socket) { sockets.push_back(socket.ref()); });
  nsp.on("go", [&](Socket& from, const Payload&, Ack) {
    nsp.emit("1", {});
    if (Socket* other = sockets[1].get()) other->disconnect();
    nsp.emit("2", {});
    if (Socket* other = sockets[2].get()) other->close_transport();
    nsp.emit("3", {});
    from.emit("4", {});
  });
  nsp.on_disconnect([&](Socket&, std::string_view) { nsp.emit("gone", {}); });
  host.start();
  Client one = member(), two = member(), three = member();
  one.send(R"(42["go"])");
  EXPECT_THAT(two.next(2), ElementsAre(R"(42["1"])", "41"));
  EXPECT_THAT(three.next(4), ElementsAre(R"(42["1"])", R"(42["gone"])", R"(42["2"])",
                                         GetParam() == By::polling ? "1" : "close 1000"));
  EXPECT_THAT(until_sync(one), ElementsAre(R"(42["1"])", R"(42["gone"])", R"(42["2"])", R"(42["3"])",
                                           R"(42["4"])", R"(42["gone"])"));
}

TEST_P(CallbacksTest, AConnectionHandlerMayThrowTheSocketOut) {
  nsp.on_connection([](Socket& socket) {
    socket.emit("sorry", {});
    socket.disconnect();
  });
  nsp.on_connection([this](Socket&) { host.notes.add("second handler"); });
  nsp.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
  host.start();
  Client client = member();
  EXPECT_THAT(client.next(2), ElementsAre(R"(42["sorry"])", "41"));
  EXPECT_THAT(host.notes.all(), ElementsAre("server namespace disconnect"));
}

}  // namespace
}  // namespace rollcall::server
