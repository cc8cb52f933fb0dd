#include "server/sockets/user_limit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/json.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

// One socket a user.
class UserLimitTest : public testing::Test {
 protected:
  UserLimitTest() {
    nsp.use([](Socket& socket, const Next& next) {
      socket.set_owner(socket.handshake().query_parameter("user").value_or(""));
      next(std::nullopt);
    });
    nsp.on_connection([this](Socket& socket) { counts[std::string(socket.owner())] += 1; });
    nsp.on_disconnect([this](Socket& socket, std::string_view) {
      counts[std::string(socket.owner())] -= 1;
      host.notes.add("out");
    });
    limit_users(nsp, {[this](const Socket& socket) { return counts[std::string(socket.owner())] > 0; },
                      [](const Socket& socket) {
                        return ConnectError{"enough of " + std::string(socket.owner()), {}};
                      }});
    host.start();
  }
  Client client(const std::string& user) {
    return Client(host.address(), By::websocket, {"/socket.io/", "&user=" + user, "", 0});
  }
  // What a client keeps to be recovered by.
  std::string ticket_of(Client& client, const std::string& answer) {
    host.call([this] { nsp.emit("seen", {}); });
    EXPECT_EQ(client.next(), R"(42["seen"])");
    const auto json = base::json::parse(answer.substr(2));
    return R"({"pid":")" + std::string(json->at("pid").as_string()) + R"(","offset":")" +
           client.next_offset() + R"("})";
  }

  std::map<std::string, int> counts;  // on the server's thread
  Host host{with_recovery()};
  Namespace& nsp = host.server.of("/");
};

TEST_F(UserLimitTest, RefusesASocketTooManyAndNobodyElse) {
  Client first = client("a");
  EXPECT_THAT(first.connect(), StartsWith("40{"));
  Client second = client("a"), other = client("b");
  EXPECT_EQ(second.connect(), R"(44{"message":"enough of a"})");
  EXPECT_THAT(other.connect(), StartsWith("40{"));
}

TEST_F(UserLimitTest, LetsTheNextInOnceOneHasLeft) {
  Client first = client("a");
  first.connect();
  first.lose();
  host.notes.await(1);
  Client second = client("a");
  EXPECT_THAT(second.connect(), StartsWith("40{"));
}

TEST_F(UserLimitTest, LetsAClientTakeItsOwnConnectedSocketOver) {
  Client first = client("a");
  const std::string answer = first.connect();
  const std::string ticket = ticket_of(first, answer);
  Client second = client("a");
  EXPECT_EQ(second.connect("/", ticket), answer);
  EXPECT_EQ(host.call([this] { return nsp.size(); }), 1U);
}

TEST_F(UserLimitTest, DoesNotLetAClientInForASocketThatIsNoLongerConnected) {
  Client first = client("a");
  const std::string ticket = ticket_of(first, first.connect());
  first.lose();
  host.notes.await(1);
  Client second = client("a");
  second.connect();
  Client third = client("a");
  EXPECT_THAT(third.connect("/", ticket), HasSubstr("enough of a"));
}

}  // namespace
}  // namespace rollcall::server
