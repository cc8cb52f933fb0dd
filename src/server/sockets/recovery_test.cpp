// Connection state recovery through a namespace: who comes back gets what was missed, once, in order,
// after the CONNECT answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "rollcall/server.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"
#include "websocket/test_client.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::StartsWith;

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() {
    nsp.use([](Socket& socket, const Next& next) {
      socket.set_owner(socket.handshake().query_parameter("user").value_or(""));
      next(std::nullopt);
    });
    nsp.on_connection([this](Socket& socket) {
      last = socket.ref();
      host.notes.add(socket.recovered() ? "recovered" : "new");
      if (!socket.recovered()) socket.join("room");
    });
    nsp.on_disconnect([this](Socket&, std::string_view) { host.notes.add("out"); });
  }
  Client client(const std::string& user = "u", By by = By::websocket) {
    ClientOptions options;
    options.query = "&user=" + user;
    return Client(host.address(), by, options);
  }
  // Connects, and gets one event: the client keeps the answer and the offset.
  void first_visit(Client& first) {
    answer = first.connect();
    ASSERT_THAT(answer, StartsWith("40{"));
    host.call([this] { nsp.emit("seen", {}); });
    EXPECT_EQ(first.next(), R"(42["seen"])");
    offset = first.next_offset();
    ASSERT_FALSE(offset.empty());
  }
  void loses(Client& first) {
    first.lose();
    ASSERT_EQ(host.notes.await(2).size(), 2U);
    host.notes.clear();
  }
  static std::string field(const std::string& connect, const char* name) {
    const auto json = base::json::parse(connect.substr(2));
    return json ? std::string(json->at(name).as_string()) : "";
  }
  std::string ticket() const {
    return R"({"pid":")" + field(answer, "pid") + R"(","offset":")" + offset + R"("})";
  }

  Host host{with_recovery()};
  Namespace& nsp = host.server.of("/");
  SocketRef last;
  std::string answer;
  std::string offset;
};

TEST_F(RecoveryTest, WhatWasMissedFollowsTheAnswerOnceAndInOrder) {
  host.start();
  Client first = client();
  first_visit(first);
  const SocketRef old = last;
  loses(first);
  const std::string id = field(answer, "sid");
  host.call([&] {
    nsp.emit("1", {});
    nsp.to("room").emit("2", {R"({"_placeholder":true,"num":0})", {"x"}});
    nsp.to("other").emit("not for it", {});
    nsp.except("room").emit("not for it", {});
    nsp.to("room").volatile_().emit("not kept", {});
    nsp.to(Room::socket(id)).emit("3", {});
    nsp.to(Room::user(id)).emit("not for it", {});
    EXPECT_EQ(old.get(), nullptr);
  });
  Client second = client("u", By::polling);
  EXPECT_EQ(second.connect("/", ticket()), answer);
  host.call([&] { last.get()->emit("4", {}); });
  const auto missed = second.next(5);
  EXPECT_EQ(missed[0], R"(42["1"])");
  EXPECT_EQ(missed[1], R"(451-["2",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(missed[2], "beA==");
  EXPECT_EQ(missed[3], R"(42["3"])");
  EXPECT_EQ(missed[4], R"(42["4"])");
  EXPECT_THAT(host.notes.all(), ElementsAre("recovered"));
  EXPECT_EQ(host.call([&] { return nsp.size("room"); }), 1U);
}

TEST_F(RecoveryTest, WhatIsEmittedWhileItComesBackIsNeitherLostNorDoubled) {
  nsp.on_connection([this](Socket& socket) {
    socket.emit("hello", {});
    nsp.emit("all", {});
  });
  host.start();
  Client first = client();
  answer = first.connect();
  EXPECT_EQ(first.next(), R"(42["hello"])");
  EXPECT_EQ(first.next(), R"(42["all"])");
  offset = first.next_offset();
  loses(first);
  Client second = client();
  EXPECT_EQ(second.connect("/", ticket()), answer);
  EXPECT_EQ(second.next(), R"(42["hello"])");
  EXPECT_EQ(second.next(), R"(42["all"])");
  host.call([this] { nsp.emit("end", {}); });
  EXPECT_EQ(second.next(), R"(42["end"])");
}

TEST_F(RecoveryTest, NobodyElsesUserTakesASessionOver) {
  host.start();
  Client first = client();
  first_visit(first);
  loses(first);
  Client thief = client("thief");
  EXPECT_NE(field(thief.connect("/", ticket()), "sid"), field(answer, "sid"));
  Client second = client();
  EXPECT_EQ(second.connect("/", ticket()), answer);
}

// The client has changed networks, say, and nobody has told the server that the old connection is dead.
TEST_F(RecoveryTest, WhoIsBackBeforeItsLossWasNoticedGetsItsSessionAndWhatItHasNotSeen) {
  host.start();
  Client first = client();
  first_visit(first);
  host.call([&] { nsp.to("room").emit("into the void", {"1", {}}); });
  host.notes.clear();
  Client second = client();
  EXPECT_EQ(second.connect("/", ticket()), answer);
  EXPECT_EQ(second.next(), R"(42["into the void",1])");
  EXPECT_EQ(first.next(), R"(42["into the void",1])");
  EXPECT_EQ(first.next(), "close 1000") << "whoever holds it is not served any more";
  EXPECT_THAT(host.notes.await(2), ElementsAre("recovered", "out")) << "it was there all the time";
  EXPECT_EQ(host.call([&] { return nsp.size(); }), 1U);
  host.call([&] { nsp.to("room").emit("later", {"2", {}}); });
  EXPECT_EQ(second.next(), R"(42["later",2])");
}

TEST_F(RecoveryTest, ASessionIsTakenOverTimeAndAgain) {
  host.start();
  Client first = client();
  first_visit(first);
  for (const By by : {By::polling, By::websocket, By::polling}) {
    Client next = client("u", by);
    EXPECT_EQ(next.connect("/", ticket()), answer);
    host.call([&] { nsp.emit("x", {}); });
    EXPECT_EQ(next.next(), R"(42["x"])");
    offset = next.next_offset();
  }
  EXPECT_TRUE(host.call([&] { return nsp.size("room") == nsp.size(); }));
}

TEST_F(RecoveryTest, NobodyElsesUserTakesALivingSessionOver) {
  host.start();
  Client first = client();
  first_visit(first);
  Client thief = client("thief");
  EXPECT_NE(field(thief.connect("/", ticket()), "sid"), field(answer, "sid"));
  host.call([this] { nsp.emit("still there", {}); });
  EXPECT_EQ(first.next(), R"(42["still there"])");
}

// Clients that have got nothing that is kept have no offset, and show none.
TEST_F(RecoveryTest, WhoHasNoOffsetHasMissedAllSinceItsSessionBegan) {
  host.start();
  host.call([this] { nsp.emit("before", {}); });
  Client first = client();
  answer = first.connect();
  loses(first);
  host.call([this] { nsp.emit("missed", {}); });
  Client second = client();
  EXPECT_EQ(second.connect("/", R"({"pid":")" + field(answer, "pid") + R"("})"), answer);
  EXPECT_EQ(second.next(), R"(42["missed"])");
}

TEST_F(RecoveryTest, AnOffsetFromBeforeTheSessionGivesNothingFromBeforeIt) {
  host.start();
  Client first = client();
  first_visit(first);
  host.call([this] { nsp.emit("while it was away", {}); });
  Client second = client();
  answer = second.connect();
  second.lose();
  host.notes.await(3);
  host.call([this] { nsp.emit("missed", {}); });
  Client third = client();
  EXPECT_EQ(third.connect("/", ticket()), answer);
  EXPECT_EQ(third.next(), R"(42["missed"])");
}

TEST_F(RecoveryTest, TransientEventsHaveNoMarkAndAreNotKept) {
  host.start();
  Client first = client();
  first_visit(first);
  host.call([this] {
    last.get()->emit_transient("reply", {"{}", {}});
    nsp.to("room").transient().emit("news", {"{}", {}});
    last.get()->emit_transient("text", {R"("looks like an offset")", {}});
  });
  EXPECT_EQ(first.next(), R"(42["reply",{}])");
  EXPECT_EQ(first.next_offset(), "");
  EXPECT_EQ(first.next(), R"(42["text","looks like an offset"])");
  EXPECT_EQ(first.next_offset(), offset) << "clients take that string for theirs otherwise";
  loses(first);
  Client second = client();
  EXPECT_EQ(second.connect("/", ticket()), answer);
  host.call([this] { nsp.emit("end", {}); });
  EXPECT_EQ(second.next(), R"(42["end"])");
}

// A client that cannot parse an event says so by closing its connection, and is back at once for it.
TEST_F(RecoveryTest, WhoClosesTheConnectionOverAReplayIsNotGivenItAgain) {
  host.start();
  Client first = client();
  first_visit(first);
  loses(first);
  host.call([this] { nsp.emit("poison", {}); });
  Client second = client();
  EXPECT_EQ(second.connect("/", ticket()), answer);
  EXPECT_EQ(second.next(), R"(42["poison"])");
  host.notes.clear();
  second.websocket().write(websocket::test::client_close(1000));
  host.notes.await(1);
  Client third = client();
  EXPECT_NE(field(third.connect("/", ticket()), "sid"), field(answer, "sid"));
  host.call([this] { nsp.emit("end", {}); });
  EXPECT_EQ(third.next(), R"(42["end"])");
}

TEST_F(RecoveryTest, AReplayThatNeverArrivesIsTriedSomeTimesAndNoMore) {
  host.start();
  Client first = client();
  first_visit(first);
  loses(first);
  host.call([this] { nsp.emit("poison", {}); });
  int replays = 0;
  for (; replays < 10; ++replays) {
    Client again = client();
    if (again.connect("/", ticket()) != answer) break;
    host.notes.clear();
    again.lose();
    host.notes.await(1);
  }
  EXPECT_EQ(replays, 3);
}

TEST_F(RecoveryTest, AReplayThatWasSeenIsNoReasonToStop) {
  host.start();
  Client first = client();
  first_visit(first);
  loses(first);
  for (int i = 0; i < 6; ++i) {
    host.call([this] { nsp.emit("fine", {}); });
    Client again = client();
    EXPECT_EQ(again.connect("/", ticket()), answer);
    EXPECT_EQ(again.next(), R"(42["fine"])");
    offset = again.next_offset();
    host.notes.clear();
    again.websocket().write(websocket::test::client_close(1000));
    host.notes.await(1);
  }
}

TEST_F(RecoveryTest, AParkedSessionIsInNoRoomForAnybodyElse) {
  host.start();
  Client first = client();
  first_visit(first);
  loses(first);
  EXPECT_EQ(host.call([&] { return nsp.size("room"); }), 0U);
  EXPECT_EQ(host.call([&] { return nsp.size(Room::application("room")); }), 0U);
  EXPECT_EQ(host.call([&] { return nsp.size(); }), 0U);
}

TEST_F(RecoveryTest, WhoSaidGoodbyeDoesNotComeBack) {
  host.start();
  Client first = client();
  first_visit(first);
  first.send("41");
  ASSERT_EQ(host.notes.await(2).size(), 2U);
  Client second = client();
  EXPECT_NE(field(second.connect("/", ticket()), "sid"), field(answer, "sid"));
}

TEST_F(RecoveryTest, WhoSentNonsenseDoesNotComeBack) {
  host.start();
  Client first = client();
  first_visit(first);
  first.send("4nonsense");
  ASSERT_EQ(host.notes.await(2).size(), 2U);
  Client second = client();
  EXPECT_NE(field(second.connect("/", ticket()), "sid"), field(answer, "sid"));
}

TEST_F(RecoveryTest, AnOddTicketIsIgnored) {
  host.start();
  for (const char* auth : {R"({"pid":1,"offset":"x"})", R"({"pid":"x","offset":"x"})", R"({"pid":"x"})"}) {
    Client odd = client();
    EXPECT_THAT(odd.connect("/", auth), StartsWith("40{")) << auth;
  }
}

TEST_F(RecoveryTest, MiddlewareStillDecides) {
  bool closed = false;
  nsp.use([&](Socket&, const Next& next) {
    next(closed ? std::optional(ConnectError{"closed", {}}) : std::nullopt);
  });
  host.start();
  Client first = client();
  first_visit(first);
  loses(first);
  host.call([&] { closed = true; });
  Client second = client();
  EXPECT_EQ(second.connect("/", ticket()), R"(44{"message":"closed"})");
  host.call([&] { closed = false; });
  EXPECT_EQ(second.connect("/", ticket()), answer);
}

}  // namespace
}  // namespace rollcall::server
