// A socket's events, acknowledgements and end, by each transport.
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

class SocketTest : public testing::TestWithParam<By> {
 protected:
  Client connected() {
    Client client(host.address(), GetParam());
    EXPECT_THAT(client.connect(), StartsWith(R"(40{"sid":")"));
    return client;
  }
  // Does it to the only socket there is, on the server's thread.
  void on_socket(const std::function<void(Socket&)>& what) {
    host.call([&] {
      if (Socket* found = socket.get()) what(*found);
    });
  }
  void remember_socket() {
    nsp.on_connection([this](Socket& connected) { socket = connected.ref(); });
  }
  // Notes how an acknowledgement came out.
  AckHandler note_ack() {
    return [this](Result<Payload, AckTimeout> answer) {
      std::string note = answer ? "answered " + answer->args : "timed out";
      for (const std::string& attachment : answer ? answer->attachments : std::vector<std::string>{})
        note += " + " + attachment;
      host.notes.add(note);
    };
  }

  Host host;
  Namespace& nsp = host.server.of("/");
  SocketRef socket;
};

INSTANTIATE_TEST_SUITE_P(ByEachTransport, SocketTest, testing::Values(By::polling, By::websocket),
                         [](const auto& by) { return by.param == By::polling ? "Polling" : "Websocket"; });

TEST_P(SocketTest, HandsAnEventToItsHandlerAndTheAnswerBack) {
  nsp.on("add", [](Socket&, const Payload& payload, Ack ack) { ack({"\"got\"," + payload.args, {}}); });
  host.start();
  Client client = connected();
  client.send(R"(427["add",1,{"two":[2]}])");
  EXPECT_EQ(client.next(), R"(437["got",1,{"two":[2]}])");
}

TEST_P(SocketTest, AnswersAnEventAtMostOnce) {
  nsp.on("ask", [](Socket& from, const Payload&, Ack ack) {
    EXPECT_TRUE(ack);
    Ack copy = ack;
    ack({"1", {}});
    ack({"2", {}});
    from.emit("end", {});
    (void)copy;
  });
  host.start();
  Client client = connected();
  client.send(R"(420["ask"])");
  EXPECT_THAT(client.until(R"(42["end"])"), ElementsAre("430[1]"));
}

TEST_P(SocketTest, HasNothingToAnswerWhenNoAcknowledgementIsAskedFor) {
  nsp.on("tell", [this](Socket& from, const Payload&, Ack ack) {
    host.notes.add(ack ? "ack" : "no ack");
    ack({"1", {}});
    from.emit("end", {});
  });
  host.start();
  Client client = connected();
  client.send(R"(42["tell"])");
  EXPECT_THAT(client.until(R"(42["end"])"), IsEmpty());
  EXPECT_THAT(host.notes.all(), ElementsAre("no ack"));
}

TEST_P(SocketTest, CanBeAnsweredLater) {
  Ack kept;
  nsp.on("ask", [&](Socket&, const Payload&, Ack ack) {
    kept = ack;
    host.notes.add("asked");
  });
  host.start();
  Client client = connected();
  client.send(R"(4290071992547409["ask"])");
  ASSERT_THAT(host.notes.await(1), ElementsAre("asked"));
  host.call([&] { kept({"\"late\"", {}}); });
  EXPECT_EQ(client.next(), R"(4390071992547409["late"])");
}

TEST_P(SocketTest, ForgetsAnAnswerForOneWhoHasGone) {
  Ack kept;
  nsp.on("ask", [&](Socket&, const Payload&, Ack ack) { kept = ack; });
  nsp.on_disconnect([this](Socket&, std::string_view) { host.notes.add("gone"); });
  host.start();
  Client client = connected();
  client.send_all({R"(420["ask"])", "41"});
  ASSERT_THAT(host.notes.await(1), ElementsAre("gone"));
  host.call([&] { kept({"1", {}}); });
}

TEST_P(SocketTest, GetsTheClientsAnswerToAnEvent) {
  remember_socket();
  host.start();
  Client client = connected();
  on_socket([this](Socket& to) { to.emit_with_ack("ask", {"1", {}}, seconds(10), note_ack()); });
  EXPECT_EQ(client.next(), R"(420["ask",1])");
  client.send_all({R"(430["fine"])", R"(430["twice"])", R"(437["never asked"])"});
  host.settle();
  EXPECT_THAT(host.notes.await(1), ElementsAre("answered \"fine\""));
}

TEST_P(SocketTest, WaitsForAnAnswerOnlySoLong) {
  remember_socket();
  host.start();
  Client client = connected();
  on_socket([this](Socket& to) { to.emit_with_ack("ask", {}, milliseconds(5), note_ack()); });
  EXPECT_EQ(client.next(), R"(420["ask"])");
  EXPECT_THAT(host.notes.await(1), ElementsAre("timed out"));
  client.send("430[]");
  on_socket([this](Socket& to) { to.emit_with_ack("again", {}, seconds(10), note_ack()); });
  EXPECT_EQ(client.next(), R"(421["again"])");
  client.send("431[]");
  EXPECT_THAT(host.notes.await(2), ElementsAre("timed out", "answered "));
}

TEST_P(SocketTest, WaitsForNoAnswerOfOneWhoHasGone) {
  remember_socket();
  nsp.on_disconnect([this](Socket& gone, std::string_view) {
    host.notes.add("gone");
    gone.emit_with_ack("too late", {}, seconds(10), note_ack());
  });
  host.start();
  Client client = connected();
  on_socket([this](Socket& to) { to.emit_with_ack("ask", {}, seconds(10), note_ack()); });
  client.send("41");
  EXPECT_THAT(host.notes.await(3), ElementsAre("timed out", "gone", "timed out"));
}

TEST_P(SocketTest, CarriesBinaryBothWays) {
  remember_socket();
  nsp.on("up", [](Socket& from, const Payload& payload, Ack ack) {
    from.emit("down", payload);
    ack({payload.args, {payload.attachments.rbegin(), payload.attachments.rend()}});
  });
  host.start();
  Client client = connected();
  const std::string one = binary_packet("\x01\x1e\x00\xff"), two = binary_packet("");
  const std::string args = R"({"_placeholder":true,"num":0},"x",{"_placeholder":true,"num":1})";
  client.send_all({R"(452-3["up",)" + args + "]", one, two});
  EXPECT_THAT(client.next(6),
              ElementsAre(R"(452-["down",)" + args + "]", one, two, "462-3[" + args + "]", two, one));
}

TEST_P(SocketTest, GetsABinaryAnswer) {
  remember_socket();
  host.start();
  Client client = connected();
  on_socket([this](Socket& to) { to.emit_with_ack("ask", {}, seconds(10), note_ack()); });
  EXPECT_EQ(client.next(), R"(420["ask"])");
  client.send_all({R"(461-0[{"_placeholder":true,"num":0}])", binary_packet("bytes")});
  EXPECT_THAT(host.notes.await(1), ElementsAre(R"(answered {"_placeholder":true,"num":0} + bytes)"));
}

TEST_P(SocketTest, KeepsTheOrderOfRepliesAndBroadcasts) {
  nsp.on("go", [this](Socket& from, const Payload&, Ack ack) {
    from.join("room");
    from.emit("own", {"1", {}});
    nsp.emit("all", {"2", {}});
    ack({"3", {}});
    nsp.to("room").emit("room", {"4", {{"x"}}});
    from.emit("own", {"5", {}});
    from.emit_with_ack("ask", {"6", {}}, seconds(10), [](const auto&) {});
    nsp.emit("all", {"7", {}});
  });
  host.start();
  Client client = connected();
  client.send_all({R"(420["go"])", R"(421["go"])"});
  const std::vector<std::string> received = client.next(16);
  std::vector<std::string> expected;
  for (const std::string ack : {"0", "1"}) {
    for (const std::string packet : {R"(42["own",1])", R"(42["all",2])", "@", R"(451-["room",4])",
                                     "beA==", R"(42["own",5])", "?", R"(42["all",7])"}) {
      expected.push_back(packet);
      if (packet[0] == '@') expected.back() = "43" + ack + "[3]";
      if (packet[0] == '?') expected.back() = "42" + ack + R"(["ask",6])";
    }
  }
  EXPECT_EQ(received, expected);
}

TEST_P(SocketTest, LeavesItsNamespaceWhenThrownOutAndKeepsTheConnection) {
  remember_socket();
  host.server.of("/other").on("ask", [](Socket&, const Payload&, Ack ack) { ack({"1", {}}); });
  nsp.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
  host.start();
  Client client = connected();
  client.connect("/other");
  on_socket([](Socket& out) {
    out.emit("last", {});
    out.disconnect();
    EXPECT_FALSE(out.connected());
    out.emit("nothing", {});
    out.disconnect(true);  // has gone already: nothing is left to be done to it
  });
  EXPECT_THAT(client.next(2), ElementsAre(R"(42["last"])", "41"));
  client.send_all({R"(42["what it sent before it knew"])", R"(42/other,0["ask"])"});
  EXPECT_EQ(client.next(), "43/other,0[1]");
  EXPECT_THAT(host.notes.all(), ElementsAre("server namespace disconnect"));
  EXPECT_EQ(host.call([&] { return nsp.size(); }), 0U);
}

TEST_P(SocketTest, ClosesTheConnectionToo) {
  for (const bool namespace_first : {true, false}) {
    remember_socket();
    Host other;
    Namespace& one = other.server.of("/");
    Namespace& two = other.server.of("/two");
    SocketRef ref;
    one.on_connection([&](Socket& in) { ref = in.ref(); });
    for (Namespace* space : {&one, &two}) {
      space->on_disconnect([&, space](Socket&, std::string_view reason) {
        other.notes.add(space->name() + " " + std::string(reason));
      });
    }
    other.start();
    Client client(other.address(), GetParam());
    client.connect();
    client.connect("/two");
    other.call([&] { namespace_first ? ref.get()->disconnect(true) : ref.get()->close_transport(); });
    if (namespace_first) {
      EXPECT_EQ(client.next(), "41");
    }
    EXPECT_EQ(client.next(), GetParam() == By::polling ? "1" : "close 1000");
    EXPECT_THAT(
        other.notes.await(2),
        testing::UnorderedElementsAre(namespace_first ? "/ server namespace disconnect" : "/ forced close",
                                      "/two forced close"));
  }
}

TEST_P(SocketTest, KnowsItsHandshake) {
  nsp.on_connection([this](Socket& in) {
    host.notes.add(std::string(in.handshake().address()) + " " + in.transport() + " " +
                   in.handshake().query_parameter("x").value_or("-") + " " +
                   in.handshake().header("x-test").value_or("-") + " " +
                   in.handshake().cookie("c").value_or("-") + " " + in.auth());
  });
  host.start();
  Client client(host.address(), GetParam(),
                {"/socket.io/", "&x=a%20b", "X-Test: yes\r\nCookie: b=1; c=2\r\n"});
  client.connect("/", R"({"token":"t"})");
  const std::string transport = GetParam() == By::polling ? "polling" : "websocket";
  EXPECT_THAT(host.notes.await(1), ElementsAre("127.0.0.1 " + transport + R"( a b yes 2 {"token":"t"})"));
}

}  // namespace
}  // namespace rollcall::server
