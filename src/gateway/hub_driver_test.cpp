// The hub on a server: who waits for whom, and that its lock keeps what it is for.
#include "gateway/hub_driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "calls/online_list.hpp"
#include "gateway/test_gateway.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;

TEST(HubDriver, ARequestIsAnsweredWhileAnotherThreadReads) {
  PresenceHost presence;
  Client anna = presence.user("anna");
  const std::string status = presence.gateway.presence().read([&](const presence::View& view) {
    EXPECT_TRUE(view.state("anna").online);
    anna.send(R"(427["check-user-status",{"userId":"anna"}])");
    return anna.next();
  });
  EXPECT_NE(status.find(R"("online":true)"), std::string::npos) << status;
}

TEST(HubDriver, SignsOfLifeOnAllWorkersAreSeenByAll) {
  ServerOptions options;
  options.workers = 3;
  PresenceHost presence(plain_config(), options);
  std::vector<Client> anna;
  for (unsigned i = 0; i < options.workers; ++i) anna.push_back(presence.user("anna"));
  WallTime last{};
  for (Client& connection : anna) {
    const WallTime before = presence.host.server.wall_now();
    connection.send(R"(427["heartbeat"])");
    connection.until("437[");
    const auto active = presence.gateway.presence().read(
        [](const presence::View& view) { return view.state("anna").last_active; });
    // A worker's time is that of its turn's beginning.
    ASSERT_TRUE(active && *active >= std::max(last, before - milliseconds(1)));
    last = *active;
  }
}

struct Thousand final : hub::Audience {
  void tell(const presence::Announcement&) override { ++told; }
  std::size_t receivers() const override { return 1000; }
  std::span<const presence::LoopWork> work() override { return {}; }

  std::size_t told = 0;  // the hub calls one at a time
};

// One thread lets people come and go; others say that they are there, and ask. With and without changes being
// held back, for the ways differ.
class HubDriverThreads : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Both, HubDriverThreads, testing::Values(false, true),
                         [](const auto& held) { return held.param ? "Held" : "Live"; });

TEST_P(HubDriverThreads, SeeEveryUserWholeAndTheCountsAgree) {
  constexpr presence::ConnectionId kUsers = 8;
  constexpr int kRounds = 400;
  Server server{ServerOptions{}};
  presence::PaceSettings pace{GetParam() ? 1U : 0U, milliseconds(60'000)};
  pace.flap_after = 0;  // they come and go all the time
  Thousand audience;
  HubDriver hub(server, {milliseconds(1), 100, 1000}, pace, 100, audience);
  calls::OnlineList online_list(10'000);
  const auto name = [](presence::ConnectionId user) { return "user" + std::to_string(user); };
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  std::array<std::atomic<int>, 3> rounds{};
  for (unsigned reader = 0; reader < rounds.size(); ++reader) {
    readers.emplace_back([&, reader] {
      WallTime last{};
      for (; !done; ++rounds[reader]) {
        const presence::ConnectionId user = static_cast<unsigned>(rounds[reader]) % kUsers + 1;
        hub.apply_and_read(presence::Activity{user}, [&](const presence::View& view) {
          const presence::State status = view.state(name(user));
          EXPECT_EQ(status.online, status.connected_at.has_value());
          if (status.connected_at) {
            EXPECT_GE(*status.last_active, *status.connected_at);
          }
          if (user == reader + 1 && status.last_active) {
            EXPECT_GE(*status.last_active, std::exchange(last, *status.last_active));
          }
        });
        const auto [list, count] = hub.read([&](const presence::View& view) {
          return std::pair(online_list.page(view.everyone()), view.online_count());
        });
        EXPECT_EQ(list.count, count);
        const std::string text = *list.users;
        std::size_t listed = 0;
        for (std::size_t at = text.find("userId"); at != text.npos; at = text.find("userId", at + 1))
          ++listed;
        EXPECT_EQ(listed, count);
      }
    });
  }
  unsigned seed = 7;
  std::array<bool, kUsers + 1> here{};
  for (int i = 0;
       i < kRounds || std::any_of(rounds.begin(), rounds.end(), [](const auto& n) { return n < 50; }); ++i) {
    seed = seed * 1103515245 + 12345;
    const presence::ConnectionId user = (seed >> 16) % kUsers + 1;
    if (std::exchange(here[user], !here[user])) {
      hub.apply(presence::Disconnect{user, (seed >> 20) % 2 == 0 ? presence::Ending::client_goodbye
                                                                 : presence::Ending::transport_close});
    } else {
      hub.apply(presence::Connect{user, name(user), {}});
    }
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  const hub::ChangeTotals::Totals changes = hub.changes();
  if (GetParam()) {
    EXPECT_LT(audience.told, changes.online + changes.offline);
    EXPECT_GT(hub.read([](const presence::View& view) { return view.held(); }), 0U);
  } else {
    EXPECT_EQ(audience.told, changes.online + changes.offline);
  }
}

}  // namespace
}  // namespace rollcall::gateway
