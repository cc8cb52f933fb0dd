#include "gateway/online_ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "gateway/broadcaster.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class OnlineIds : public testing::Test {
 protected:
  void come(presence::ConnectionId connection, const std::string& user) {
    hub_.apply(presence::Connect{connection, user, {}});
  }
  void go(presence::ConnectionId connection) {
    hub_.apply(presence::Disconnect{connection, presence::Ending::client_goodbye});
  }

  Server server_{ServerOptions{}};
  const std::vector<Namespace*> no_namespaces_{};
  Broadcaster nobody_{server_, no_namespaces_, false};
  HubDriver hub_{server_, {}, {0, milliseconds(1000)}, 0, nobody_};
};

TEST_F(OnlineIds, AreNoneIfNobodyIsOnline) {
  EXPECT_THAT(online_ids(hub_), IsEmpty());
}

TEST_F(OnlineIds, AreSortedAndEachOnceWhateverThePage) {
  for (const auto& [connection, user] : {std::pair(1U, "c"), {2U, "a"}, {3U, "c"}, {4U, "d"}, {5U, "b"}})
    come(connection, user);
  go(4);
  for (const std::size_t page : {1U, 2U, 3U, 100U})
    EXPECT_THAT(online_ids(hub_, page), ElementsAre("a", "b", "c"));
}

TEST_F(OnlineIds, WhoIsOnlineThroughoutIsListedOnceWhateverOthersDo) {
  constexpr presence::ConnectionId kStay = 50;
  for (presence::ConnectionId i = 1; i <= kStay; ++i) come(i, "stays " + std::to_string(i));
  std::atomic<bool> over{false};
  std::thread others([&] {
    for (presence::ConnectionId i = kStay + 1; !over; ++i) {
      come(i, "returns " + std::to_string(i % 3));
      go(i);
    }
  });
  for (int round = 0; round < 200; ++round) {
    const auto ids = online_ids(hub_, 7);
    EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
    EXPECT_EQ(std::count_if(ids.begin(), ids.end(), [](const auto& id) { return id.starts_with("stays"); }),
              std::ptrdiff_t{kStay});
  }
  over = true;
  others.join();
}

}  // namespace
}  // namespace rollcall::gateway
