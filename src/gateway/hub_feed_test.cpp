// The hub's feed: what it is told of changes, and that its readers hear of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "gateway/feed_source.hpp"
#include "gateway/test_gateway.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using testing::ElementsAre;

Config with_feed() {
  Config config = plain_config();
  config.webhooks.urls = {"http://localhost/"};
  return config;
}

std::vector<std::string> told(FeedSource& source) {
  feed::ChangeList changes;
  EXPECT_TRUE(source.read(0, SIZE_MAX, changes).whole);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    words.push_back((changes[i].online ? "+" : "-") + std::string(changes[i].user_id));
  }
  return words;
}

// Waits until it is known what has become of everyone.
void await_online(PresenceHost& host, std::size_t count) {
  const auto end = std::chrono::steady_clock::now() + seconds(10);
  while (host.online_count() != count && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_EQ(host.online_count(), count);
}

TEST(HubFeed, KnowsWhoCameWithTheirDetailsAndWhoWent) {
  PresenceHost host(with_feed());
  FeedSource source(host.gateway.presence());
  Client anna = host.user("anna"), again = host.user("anna"), bert = host.user("bert");
  await_online(host, 2);
  anna.send("41");
  bert.send("41");
  await_online(host, 1);
  EXPECT_THAT(told(source), ElementsAre("+anna", "+bert", "-bert"));
  feed::ChangeList changes;
  source.read(0, 9, changes);
  EXPECT_EQ(changes[0].email, "anna@example.com");
  EXPECT_EQ(changes[0].role, std::nullopt);
  EXPECT_EQ(changes[2].email, std::nullopt);
  EXPECT_GE(changes[2].last_active, changes[1].at);
  host.host.call([&] {
    host.gateway.presence().read([&](const presence::View& view) {
      EXPECT_EQ(view.state("anna").connected_at, changes[0].at);
      EXPECT_EQ(view.state("bert").last_active, changes[2].last_active);
    });
  });
}

TEST(HubFeed, IsToldAtOnceWhatSocketsAreToldInBatches) {
  Config config = with_feed();
  config.presence.deliveries_per_second = 1;
  config.presence.max_window = milliseconds(60'000);
  PresenceHost host(config);
  FeedSource source(host.gateway.presence());
  Client one = host.user("one"), two = host.user("two"), three = host.user("three");
  await_online(host, 3);
  three.send("41");
  await_online(host, 2);
  EXPECT_THAT(told(source), ElementsAre("+one", "+two", "+three", "-three"));
}

TEST(HubFeed, WakesItsReadersForChangesAndForNothingElse) {
  std::atomic<int> woken{0};
  Host host;
  PresenceGateway gateway(host.server, with_feed(), std::make_shared<NameVerifier>());
  gateway.on_feed([&] { ++woken; });
  host.start();
  {
    Client anna(host.address(), By::websocket);
    anna.connect("/", R"({"token":"anna"})");
    anna.next();
    anna.send(R"(421["heartbeat"])");
    anna.until("431[");
    EXPECT_EQ(woken, 1);
    anna.send(R"(422["check-user-status",{"userId":"bert"}])");
    anna.until("432[");
    EXPECT_EQ(woken, 1);
  }
  host.stop();
}

TEST(HubFeed, KeepsNothingIfNobodyIsToReadIt) {
  PresenceHost host;
  FeedSource source(host.gateway.presence());
  Client anna = host.user("anna");
  await_online(host, 1);
  EXPECT_EQ(source.after(0).last, 0u);
}

TEST(HubFeed, KeepsOneOrderForSeveralWorkersAndIsTrueInTheEnd) {
  ServerOptions options;
  options.workers = 3;
  PresenceHost host(with_feed(), options);
  std::vector<std::thread> crowd;
  for (int t = 0; t < 4; ++t) {
    crowd.emplace_back([&, t] {
      for (int round = 0; round < 15; ++round) {
        Client client = host.user("u" + std::to_string((t + round) % 5));
        client.send("41");
      }
    });
  }
  for (std::thread& one : crowd) one.join();
  Client last = host.user("last");
  await_online(host, 1);
  FeedSource source(host.gateway.presence());
  std::set<std::string> online;
  for (const std::string& word : told(source)) {
    const std::string user = word.substr(1);
    if (word[0] == '+') {
      EXPECT_TRUE(online.insert(user).second) << user << " came twice";
    } else {
      EXPECT_EQ(online.erase(user), 1u) << user << " went twice";
    }
  }
  EXPECT_THAT(online, ElementsAre("last"));
}

}  // namespace
}  // namespace rollcall::gateway
