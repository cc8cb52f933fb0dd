// A namespace: who is let in, who hears what, and what handlers may do in the middle of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rollcall/server.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class NamespaceTest : public testing::Test {
 protected:
  NamespaceTest() {
    // `join a` joins; an acknowledgement says that all before has been handled.
    nsp.on("join", [](Socket& socket, const Payload& payload, Ack) {
      socket.join(payload.args.substr(1, payload.args.size() - 2));
    });
    answer_sync(nsp);
  }
  // A connected client in these rooms.
  Client member(const std::vector<std::string>& rooms = {}, By by = By::websocket) {
    Client client(host.address(), by);
    EXPECT_THAT(client.connect(), StartsWith("40{"));
    for (const std::string& room : rooms) client.send(R"(42["join",")" + room + "\"]");
    EXPECT_THAT(until_sync(client), IsEmpty());
    return client;
  }

  Host host;
  Namespace& nsp = host.server.of("/");
};

TEST_F(NamespaceTest, EmitsToRoomsOnceEachAndExceptOthers) {
  host.start();
  Client a = member({"a"}), ab = member({"a", "b"}), b = member({"b"}, By::polling), none = member();
  host.call([&] {
    nsp.to("a").to("b").emit("1", {});
    nsp.to("a").except("b").emit("2", {});
    nsp.except("a").emit("3", {});
    nsp.except("a").except("b").emit("4", {});
    nsp.to("nobody's").emit("5", {});
    nsp.emit("6", {});
  });
  EXPECT_THAT(until_sync(a), ElementsAre(R"(42["1"])", R"(42["2"])", R"(42["6"])"));
  EXPECT_THAT(until_sync(ab), ElementsAre(R"(42["1"])", R"(42["6"])"));
  EXPECT_THAT(until_sync(b), ElementsAre(R"(42["1"])", R"(42["3"])", R"(42["6"])"));
  EXPECT_THAT(until_sync(none), ElementsAre(R"(42["3"])", R"(42["4"])", R"(42["6"])"));
}

TEST_F(NamespaceTest, BroadcastsOfASocketLeaveItOut) {
  nsp.on("tell", [](Socket& from, const Payload&, Ack) {
    from.broadcast().emit("all", {});
    from.to("a").emit("room", {});
    from.broadcast().to("a").except("b").emit("some", {});
  });
  host.start();
  Client teller = member({"a"}), one = member({"a"}), two = member({"a", "b"});
  teller.send(R"(42["tell"])");
  EXPECT_THAT(until_sync(teller), IsEmpty());
  EXPECT_THAT(until_sync(one), ElementsAre(R"(42["all"])", R"(42["room"])", R"(42["some"])"));
  EXPECT_THAT(until_sync(two), ElementsAre(R"(42["all"])", R"(42["room"])"));
}

TEST_F(NamespaceTest, KnowsWhoIsInARoom) {
  nsp.on("leave", [](Socket& socket, const Payload&, Ack) { socket.leave("a"); });
  host.start();
  Client one = member({"a", "b"}), two = member({"a"});
  EXPECT_EQ(host.call([&] { return nsp.size(); }), 2U);
  EXPECT_EQ(host.call([&] { return nsp.size("a"); }), 2U);
  host.call([&] {
    const auto found = nsp.sockets("b");
    ASSERT_EQ(found.size(), 1U);
    Socket* socket = found[0].get();
    ASSERT_NE(socket, nullptr);
    EXPECT_THAT(socket->rooms(), UnorderedElementsAre(Room::socket(socket->id()), Room::application("a"),
                                                      Room::application("b")));
    EXPECT_EQ(nsp.size(Room::socket(socket->id())), 1U);
    EXPECT_EQ(nsp.size(socket->id()), 0U);
  });
  one.send(R"(42["leave"])");
  EXPECT_THAT(until_sync(one), IsEmpty());
  EXPECT_EQ(host.call([&] { return nsp.size("a"); }), 1U);
  two.send("41");
  host.settle();
  EXPECT_EQ(host.call([&] { return nsp.size("a") + nsp.size("nobody's"); }), 0U);
}

TEST_F(NamespaceTest, RoomsOfAnotherKindAreOtherRoomsWhateverTheirNames) {
  std::vector<SocketRef> refs;
  nsp.on_connection([&](Socket& socket) { refs.push_back(socket.ref()); });
  host.start();
  Client victim = member(), mallory = member(), bystander = member();
  host.call([&] {
    const std::string id(refs[0].get()->id());
    refs[1].get()->join(Room::user(id));
    refs[2].get()->join(id);
    refs[2].get()->join(Room::watchers(id));
    nsp.to(Room::socket(id)).emit("to the socket", {});
    nsp.to(Room::user(id)).emit("to the user", {});
    nsp.to(Room::application(id)).emit("to the room", {});
    nsp.to(Room::watchers(id)).emit("to the watchers", {});
    nsp.to(id).emit("by plain name", {});
    refs[0].get()->to(id).emit("by plain name", {});
    nsp.except(id).emit("to others by plain name", {});
    refs[0].get()->broadcast().emit("to others", {});
    EXPECT_EQ(nsp.size(Room::user(id)), 1U);
    EXPECT_EQ(nsp.sockets(id).size(), 2U);
  });
  EXPECT_THAT(until_sync(victim), ElementsAre(R"(42["to the socket"])", R"(42["to others by plain name"])"));
  EXPECT_THAT(until_sync(mallory), ElementsAre(R"(42["to the user"])", R"(42["by plain name"])",
                                               R"(42["by plain name"])", R"(42["to others"])"));
  EXPECT_THAT(until_sync(bystander),
              ElementsAre(R"(42["to the room"])", R"(42["to the watchers"])", R"(42["by plain name"])",
                          R"(42["by plain name"])", R"(42["to others"])"));
}

TEST_F(NamespaceTest, RunsMiddlewareInOrderAndLetsInWhomAllLetIn) {
  for (const char* name : {"first", "second"}) {
    nsp.use([this, name](Socket& socket, const Next& next) {
      host.notes.add(name + std::string(socket.connected() ? " connected" : ""));
      socket.set_owner(std::string(socket.owner()) + name);
      next(std::nullopt);
    });
  }
  nsp.on_connection([this](Socket& socket) { host.notes.add("in " + std::string(socket.owner())); });
  host.start();
  Client client = member();
  EXPECT_THAT(host.notes.all(), ElementsAre("first", "second", "in firstsecond"));
}

TEST_F(NamespaceTest, RefusesWithTheMiddlewaresWordsAndForgetsTheSocket) {
  nsp.use([](Socket& socket, const Next& next) {
    socket.join("a");
    if (socket.auth() == R"({"pass":1})") return next(std::nullopt);
    next(ConnectError{"No \"entry\"", R"({"code":"E1"})"});
    next(std::nullopt);  // too late
  });
  nsp.use([this](Socket&, const Next& next) {
    host.notes.add("second");
    next(std::nullopt);
  });
  nsp.on_connection([this](Socket&) { host.notes.add("in"); });
  nsp.on_disconnect([this](Socket&, std::string_view) { host.notes.add("out"); });
  host.start();
  Client client(host.address(), By::polling);
  EXPECT_EQ(client.connect(), R"(44{"message":"No \"entry\"","data":{"code":"E1"}})");
  EXPECT_EQ(host.call([&] { return nsp.size() + nsp.size("a"); }), 0U);
  EXPECT_THAT(host.notes.all(), IsEmpty());
  EXPECT_THAT(client.connect("/", R"({"pass":1})"), StartsWith("40{"));
  EXPECT_EQ(host.call([&] { return nsp.size("a"); }), 1U);
  EXPECT_THAT(host.notes.all(), ElementsAre("second", "in"));
}

TEST_F(NamespaceTest, RefusesWithoutDataIfThereIsNone) {
  nsp.use([](Socket&, const Next& next) { next(ConnectError{"no", {}}); });
  host.start();
  Client client(host.address(), By::websocket);
  EXPECT_EQ(client.connect(), R"(44{"message":"no"})");
}

TEST_F(NamespaceTest, LetsAMiddlewareTakeItsTime) {
  std::vector<Next> waiting;
  nsp.use([&](Socket& socket, const Next& next) {
    socket.join("early");
    waiting.push_back(next);
    host.notes.add("asked");
  });
  host.start();
  Client one(host.address(), By::websocket), two(host.address(), By::websocket),
      gone(host.address(), By::websocket);
  for (Client* client : {&one, &two, &gone}) client->send("40");
  ASSERT_EQ(host.notes.await(3).size(), 3U);
  gone.lose();
  host.settle();
  host.call([&] {
    nsp.to("early").emit("not yet", {});
    nsp.emit("not yet", {});
    for (const Next& next : waiting) next(std::nullopt);
    nsp.to("early").emit("now", {});
    for (const Next& next : waiting) next(ConnectError{"too late", {}});
  });
  for (Client* client : {&one, &two}) {
    EXPECT_THAT(client->next(), StartsWith("40{"));
    EXPECT_THAT(until_sync(*client), ElementsAre(R"(42["now"])"));
  }
  EXPECT_EQ(host.call([&] { return nsp.size(); }), 2U);
}

TEST_F(NamespaceTest, ClosesATransportThatConnectsAgainAndAgainAndSaysWhy) {
  host.start();
  Client client(host.address(), By::websocket), other(host.address(), By::websocket);
  for (int i = 0; i < 60; ++i) {
    ASSERT_THAT(client.connect(), StartsWith("40{"));
    client.send("41");
  }
  std::string answer = client.connect();  // one more a second may come
  for (int i = 0; i < 60 && answer.starts_with("40"); ++i) {
    client.send("41");
    answer = client.connect();
  }
  EXPECT_THAT(answer, StartsWith(R"(44{"message":"Too many CONNECTs on one connection)"));
  EXPECT_EQ(client.next(), "close 1000");
  EXPECT_THAT(other.connect(), StartsWith("40{"));
}

TEST_F(NamespaceTest, ClosesAClientThatTalksBeforeItIsLetIn) {
  nsp.use([](Socket&, const Next&) {});
  host.start();
  Client client(host.address(), By::websocket);
  client.send_all({"40", R"(42["sync"])"});
  EXPECT_EQ(client.next(), "close 1000");
}

TEST_F(NamespaceTest, HandsOtherEventsToOnAny) {
  nsp.on_any([this](Socket& from, std::string_view event, const Payload& payload, Ack ack) {
    host.notes.add(std::string(event) + "(" + payload.args + ")");
    if (ack) ack({"\"any\"", {}});
    from.emit("heard", {});
  });
  host.start();
  Client client = member();
  client.send_all({R"(42["what",1])", R"(425["?"])", R"(42[7])"});
  EXPECT_THAT(client.next(4),
              ElementsAre(R"(42["heard"])", R"(435["any"])", R"(42["heard"])", R"(42["heard"])"));
  EXPECT_THAT(host.notes.all(), ElementsAre("what(1)", "?()", "7()"));
}

TEST_F(NamespaceTest, TellsWhyASocketLeftAsAValueAndAsText) {
  nsp.on_end([this](Socket&, EndReason reason) {
    host.notes.add(reason == EndReason::client_left ? "value" : "another value");
  });
  nsp.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
  host.start();
  Client client = member();
  client.send("41");
  EXPECT_THAT(host.notes.await(2), ElementsAre("value", "client namespace disconnect"));
}

TEST_F(NamespaceTest, KeepsNamespacesOfOneConnectionApart) {
  Namespace& admin = host.server.of("/admin");
  admin.on("ask", [](Socket& from, const Payload&, Ack ack) {
    from.broadcast().emit("others", {});
    ack({"\"admin\"", {}});
  });
  admin.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
  host.start();
  Client client = member({"a"});
  EXPECT_EQ(client.connect("/secret"), R"(44/secret,{"message":"Invalid namespace"})");
  const std::string answer = client.connect("/admin");
  EXPECT_THAT(answer, StartsWith(R"(40/admin,{"sid":")"));
  host.call([&] { admin.to("a").emit("not in that room here", {}); });
  client.send(R"(42/admin,0["ask"])");
  EXPECT_EQ(client.next(), R"(43/admin,0["admin"])");
  client.send("41/admin,");
  EXPECT_THAT(host.notes.await(1), ElementsAre("client namespace disconnect"));
  EXPECT_THAT(until_sync(client), IsEmpty());
  const std::string again = client.connect("/admin");
  EXPECT_THAT(again, StartsWith(R"(40/admin,{"sid":")"));
  EXPECT_NE(again, answer);
}

}  // namespace
}  // namespace rollcall::server
