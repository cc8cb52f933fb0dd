// Presence on several workers: what a client is told is in the order in which it happened, wherever.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "base/json.hpp"
#include "gateway/test_gateway.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

constexpr unsigned kWorkers = 3;

ServerOptions with_workers() {
  ServerOptions options;
  options.workers = kWorkers;
  options.recovery = seconds(60);
  return options;
}

// Keeps the worker of whoever calls himself "late" until he may go on.
struct LateVerifier final : Verifier {
  Result<Claims, AuthFault> verify(std::string_view token, WallTime now) const override {
    if (token == "late") {
      entered.set_value();
      go_on.wait();
    }
    return NameVerifier().verify(token, now);
  }
  mutable std::promise<void> entered;
  std::promise<void> may_go_on;
  std::shared_future<void> go_on = may_go_on.get_future().share();
};

TEST(PresenceOfWorkers, TheGreetingIsTheFirstEventWhateverHappensElsewhere) {
  const auto verifier = std::make_shared<LateVerifier>();
  Host host(with_workers());
  PresenceGateway gateway(host.server, plain_config(), verifier);
  host.start();
  std::vector<Client> clients;
  for (int i = 0; i < 6; ++i) clients.emplace_back(host.address(), By::websocket);
  const auto worker = [](const Client& client) { return client.sid().substr(0, 2); };
  Client& late = clients[1];
  late.send(R"(40{"token":"late"})");
  verifier->entered.get_future().wait();
  for (Client& other : clients) {
    if (worker(other) == worker(late)) continue;
    EXPECT_THAT(other.connect("/", "{\"token\":\"" + other.sid() + "\"}"), StartsWith("40"));
    EXPECT_THAT(other.next(), StartsWith(R"(42["connected")"));
    other.send(R"(420["heartbeat"])");  // answered when it is known to be online
    other.until("430[");
  }
  verifier->may_go_on.set_value();
  EXPECT_THAT(late.next(), StartsWith("40{"));
  EXPECT_THAT(late.next(), StartsWith(R"(42["connected",{"userId":"late")"));
  late.send(R"(420["get-online-users"])");
  late.until("430[");
  host.stop();
}

// It may come back to any worker while the server still takes its connection for alive.
TEST(PresenceOfWorkers, AtTheUsersLimitAClientTakesOverItsLiveConnection) {
  Config config = plain_config();
  config.limits.connections_per_user = 1;
  PresenceHost presence(config, with_workers());
  std::vector<Client> clients;
  std::string former, pid;
  for (unsigned worker = 0; worker < 2 * kWorkers; ++worker) {
    do clients.emplace_back(presence.host.address(), By::websocket);
    while (clients.back().sid().substr(0, 2) == former);
    former = clients.back().sid().substr(0, 2);
    const std::string answer = clients.back().connect("/", R"({"token":"anna","pid":")" + pid + R"("})");
    ASSERT_THAT(answer, StartsWith("40{"));
    const auto session = base::json::parse(answer.substr(2));
    const std::string its(session->at("pid").as_string());
    EXPECT_TRUE(pid.empty() || pid == its);
    pid = its;
  }
  Client another(presence.host.address(), By::websocket);
  EXPECT_THAT(another.connect("/", R"({"token":"anna"})"), HasSubstr("TOO_MANY_CONNECTIONS"));
}

// What a client has heard of users, in events and in answers to its requests.
class Listener {
 public:
  Listener(const std::string& address, std::string name, bool everyone)
      : address_(address), name_(std::move(name)), everyone_(everyone) {
    connect("{\"token\":\"" + name_ + "\"}");
    EXPECT_THAT(first_, StartsWith(R"(42["connected")"));
  }
  void subscribe() {
    ask(R"(420["subscribe-presence",{"userIds":["u0","u1","u2","u3"]}])");
    offset_ = client_->next_offset();
    EXPECT_FALSE(offset_.empty());
    subscribed_ = true;
  }
  void check() { ask(R"(420["check-users-status",{"userIds":["u0","u1","u2","u3"]}])"); }
  void lose_and_return() {
    if (!client_->offset().empty()) offset_ = client_->offset();
    client_->lose();
    server::test::get(address_, "/none");  // by now the server knows, in all likelihood
    const std::string offset = offset_.empty() ? "" : R"(,"offset":")" + offset_ + R"(")";
    replaying_ = true;
    connect(R"({"token":")" + name_ + R"(","pid":")" + pid_ + R"(")" + offset + "}");
  }
  const std::map<std::string, bool>& heard() const { return heard_; }

 private:
  static std::string text(const base::json::value& value) { return std::string(value.as_string()); }

  void connect(const std::string& auth) {
    const std::string last_id = id_;
    client_.emplace(address_, By::websocket);
    const auto answer = base::json::parse(client_->connect("/", auth).substr(2));
    ASSERT_TRUE(answer.ok());
    id_ = text(answer->at("sid"));
    pid_ = text(answer->at("pid"));
    if (id_ != last_id) {
      heard_.clear();
      subscribed_ = false;
      take(first_ = client_->next());
    }
  }
  void ask(const std::string& request) {
    client_->send(request);
    for (;;) {
      const std::string packet = client_->next();
      if (packet == kEnd) {
        ADD_FAILURE() << "the server ended";
        return;
      }
      if (packet.starts_with("430")) return take_answer(packet);
      take(packet);
    }
  }
  // The answer knows of all that was heard before it.
  void take_answer(const std::string& packet) {
    const auto answer = base::json::parse(packet.substr(3));
    ASSERT_TRUE(answer.ok());
    for (const auto& status : answer->as_array()[0].at("data").at("statuses").as_array()) {
      const std::string user = text(status.at("userId"));
      const bool online = status.at("online").as_bool();
      if (const auto before = heard_.find(user); before != heard_.end() && (everyone_ || subscribed_)) {
        EXPECT_EQ(before->second, online) << name_ << " of " << user;
      }
      heard_[user] = online;
    }
  }
  void take(const std::string& packet) {
    const auto event = base::json::parse(packet.substr(2));
    ASSERT_TRUE(event.ok()) << packet;
    const auto& parts = event->as_array();
    const std::string name = text(parts[0]);
    if (name == "connected") replaying_ = false;  // the greeting follows what was missed
    if (name != "user-online" && name != "user-offline") return;
    const std::string user = text(parts[1].at("userId"));
    const bool online = name == "user-online";
    // Of what was on its way when the connection broke nobody knows what arrived: a replay may repeat it.
    if (const auto before = heard_.find(user); before != heard_.end() && !replaying_) {
      EXPECT_NE(before->second, online) << name_ << " of " << user;
    }
    heard_[user] = online;
  }

  static constexpr const char* kEnd = server::test::kEnd;
  std::string address_, name_;
  bool everyone_;
  std::optional<Client> client_;
  std::string first_, id_, pid_, offset_;
  bool subscribed_ = false;
  bool replaying_ = false;
  std::map<std::string, bool> heard_;
};

Config config_for(bool everyone) {
  Config config = plain_config();
  config.presence.offline_grace = milliseconds(2);
  config.presence.broadcast = everyone ? "everyone" : "watchers";
  config.presence.flap_after = 0;  // they come and go all the time
  config.limits.events_per_second = 100'000;
  config.limits.event_burst = 100'000;
  return config;
}

class PresenceUnderThreads : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Both, PresenceUnderThreads, testing::Values(true, false),
                         [](const auto& everyone) { return everyone.param ? "Everyone" : "Watchers"; });

TEST_P(PresenceUnderThreads, EventsAlternateAnswersAgreeWithThemAndTheLastIsTrue) {
  PresenceHost presence(config_for(GetParam()), with_workers());
  constexpr int kListeners = 3, kActors = 2, kRounds = 150;
  std::vector<std::unique_ptr<Listener>> listeners;
  for (int i = 0; i < kListeners; ++i) {
    listeners.push_back(
        std::make_unique<Listener>(presence.host.address(), "listener" + std::to_string(i), GetParam()));
  }
  std::atomic<int> acting = kActors;
  std::vector<std::thread> threads;
  std::array<std::optional<Client>, 4> users;
  for (int actor = 0; actor < kActors; ++actor) {
    threads.emplace_back([&, actor] {
      unsigned seed = 7U + static_cast<unsigned>(actor);
      for (int round = 0; round < kRounds; ++round) {
        seed = seed * 1103515245 + 12345;
        const auto who = static_cast<std::size_t>(actor * 2) + (seed >> 16) % 2;
        if (!users[who]) {
          users[who].emplace(presence.user("u" + std::to_string(who)));
        } else {
          if ((seed >> 20) % 2) users[who]->send("41");
          users[who]->lose();
          users[who].reset();
        }
      }
      --acting;
    });
  }
  for (const auto& listener : listeners) {
    threads.emplace_back([&acting, &listener = *listener] {
      for (int i = 0; acting > 0; ++i) {
        if (i % 5 == 0) listener.subscribe();
        listener.check();
        if (i % 7 == 6) listener.lose_and_return();
      }
      listener.subscribe();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::size_t online = 0;
  for (const auto& user : users) online += user.has_value();
  for (int i = 0; i < 10'000 && presence.online_count() != online + kListeners; ++i) presence.host.settle();
  for (const auto& listener : listeners) {
    listener->check();
    for (std::size_t who = 0; who < users.size(); ++who) {
      EXPECT_EQ(listener->heard().at("u" + std::to_string(who)), users[who].has_value());
    }
  }
}

}  // namespace
}  // namespace rollcall::gateway
