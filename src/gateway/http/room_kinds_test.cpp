// A user's room, a socket's room and a watch room are different rooms, whatever their names: a user whose id
// is another's socket id gets nothing of theirs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/http/test_api.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string text_in(const std::string& packet, const std::string& name) {
  const std::size_t begin = packet.find("\"" + name + "\":\"") + name.size() + 4;
  return packet.substr(begin, packet.find('"', begin) - begin);
}

struct Visit {
  std::string connect, socket_id, pid;
};

Visit connect(Client& client, const std::string& auth) {
  Visit visit{client.connect("/", auth), {}, {}};
  EXPECT_THAT(visit.connect, StartsWith("40{"));
  visit.socket_id = text_in(visit.connect, "sid");
  visit.pid = text_in(visit.connect, "pid");
  EXPECT_THAT(client.next(), StartsWith(R"(42["connected",)"));
  return visit;
}

TEST(RoomKinds, DeliverNothingToASocketIdThatIsNoUser) {
  ApiHost host;
  Client victim(host.host.address(), By::websocket);
  const Visit visit = connect(victim, R"({"token":"victim"})");
  EXPECT_EQ(host.post("/api/v1/users/" + visit.socket_id + "/emit", R"({"event":"x"})").body,
            R"({"delivered":0,"online":false})");
  EXPECT_THAT(heard(victim), IsEmpty());
}

TEST(RoomKinds, AUserWhoseIdIsAnothersSocketIdIsAUserOfTheirOwn) {
  ApiHost host;
  Client victim(host.host.address(), By::websocket), mallory(host.host.address(), By::websocket);
  const std::string id = connect(victim, R"({"token":"victim"})").socket_id;
  connect(mallory, R"({"token":")" + id + "\"}");
  EXPECT_THAT(heard(victim), ElementsAre(online(id)));
  EXPECT_EQ(host.post("/api/v1/users/" + id + "/emit", R"({"event":"x"})").body,
            R"({"delivered":1,"online":true})");
  EXPECT_THAT(heard(victim), IsEmpty());
  EXPECT_THAT(heard(mallory), ElementsAre(R"(42["x"])"));
  EXPECT_THAT(host.get("/api/v1/users/" + id + "/explain").body, HasSubstr(R"("because":)"));
  EXPECT_THAT(host.post("/api/v1/users/" + id + "/disconnect", "").body, HasSubstr("1"));
  EXPECT_THAT(heard(victim), ElementsAre(offline(id)));
}

// What goes to a single socket (an answer, a message of the application's) is kept under that socket alone.
TEST(RoomKinds, NobodyRecoversWhatWasForAnothersSocket) {
  ServerOptions options;
  options.recovery = seconds(60);
  ApiHost host(api_config(), options);
  Client victim(host.host.address(), By::websocket);
  const std::string id = connect(victim, R"({"token":"victim"})").socket_id;
  Client mallory(host.host.address(), By::websocket);
  const Visit visit = connect(mallory, R"({"token":")" + id + "\"}");
  host.post("/api/v1/users/" + id + "/emit", R"({"event":"before"})");
  EXPECT_EQ(mallory.next(), R"(42["before"])");
  const std::string offset = mallory.next_offset();
  mallory.lose();
  const auto mine = [&] { return host.get("/api/v1/users/" + id + "/presence").body; };
  while (mine().find(R"("online":true)") != std::string::npos) {
  }
  victim.send(R"(42["check-user-status",{"userId":"secret"}])");
  heard(victim);
  host.post("/api/v1/users/" + id + "/emit", R"({"event":"missed"})");
  Client again(host.host.address(), By::websocket);
  EXPECT_EQ(again.connect(
                "/", R"({"token":")" + id + R"(","pid":")" + visit.pid + R"(","offset":")" + offset + "\"}"),
            visit.connect);
  const std::vector<std::string> missed = again.until(R"(42["connected",)");
  EXPECT_THAT(missed, Contains(R"(42["missed"])"));
  EXPECT_THAT(missed, Not(Contains(StartsWith(R"(42["user-status")"))));
}

}  // namespace
}  // namespace rollcall::gateway
