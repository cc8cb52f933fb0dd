// Connection state recovery through a namespace: who comes back gets what was missed, once, in order,
// after the CONNECT answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "rollcall/server.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

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
    offset = offset_of(first.next());
  }
  void loses(Client& first) {
    first.lose();
    ASSERT_EQ(host.notes.await(2).size(), 2U);
    host.notes.clear();
  }
  static std::string offset_of(const std::string& event) {
    const auto json = base::json::parse(event.substr(2));
    if (!json || json->as_array().back().kind() != boost::json::kind::string) return "";
    return std::string(json->as_array().back().as_string());
  }
  // An event without its offset.
  static std::string bare(const std::string& event) { return event.substr(0, event.rfind(",\"")) + "]"; }
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
  EXPECT_EQ(bare(missed[0]), R"(42["1"])");
  EXPECT_EQ(bare(missed[1]), R"(451-["2",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(missed[2], "beA==");
  EXPECT_EQ(bare(missed[3]), R"(42["3"])");
  EXPECT_EQ(bare(missed[4]), R"(42["4"])");
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
  EXPECT_EQ(bare(first.next()), R"(42["hello"])");
  offset = offset_of(first.next());
  loses(first);
  Client second = client();
  EXPECT_EQ(second.connect("/", ticket()), answer);
  EXPECT_EQ(bare(second.next()), R"(42["hello"])");
  EXPECT_EQ(bare(second.next()), R"(42["all"])");
  host.call([this] { nsp.emit("end", {}); });
  EXPECT_EQ(bare(second.next()), R"(42["end"])");
}

TEST_F(RecoveryTest, OnlyOneMayTakeASessionOver) {
  host.start();
  Client first = client();
  first_visit(first);
  loses(first);
  Client second = client(), third = client();
  EXPECT_EQ(second.connect("/", ticket()), answer);
  const std::string other = third.connect("/", ticket());
  EXPECT_NE(field(other, "sid"), field(answer, "sid"));
  EXPECT_NE(field(other, "pid"), field(answer, "pid"));
  EXPECT_THAT(host.notes.all(), ElementsAre("recovered", "new"));
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

TEST_F(RecoveryTest, ASessionThatStillLivesCannotBeTakenOver) {
  host.start();
  Client first = client();
  first_visit(first);
  Client second = client();
  EXPECT_NE(field(second.connect("/", ticket()), "sid"), field(answer, "sid"));
  EXPECT_EQ(host.call([&] { return nsp.size(); }), 2U);
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
