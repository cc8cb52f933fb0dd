// Whatever users do, and whatever becomes of the watchers' own connections: of any one user a watcher
// hears online and offline in turns, and what it heard last is the truth. Only a replay may repeat what was
// heard: of what was on its way when the connection broke, the server cannot know what arrived.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <map>
#include <optional>
#include <ostream>

#include "base/json.hpp"
#include "gateway/test_gateway.hpp"

namespace rollcall::gateway {

enum class Deed { come, come_by_polling, lose, leave, watcher_reads, watcher_asks, watcher_returns };

struct Move {
  Deed deed;
  unsigned who;
};

std::ostream& operator<<(std::ostream& out, const Move& move) {
  static constexpr std::array kNames = {"come",          "come by polling", "lose",           "leave",
                                        "watcher reads", "watcher asks",    "watcher returns"};
  return out << kNames[static_cast<std::size_t>(move.deed)] << ' ' << move.who;
}

namespace {

using namespace test;

constexpr unsigned kUsers = 4;
constexpr unsigned kWatchers = 2;

rc::Gen<std::vector<Move>> moves() {
  using rc::gen::element;
  const auto move = rc::gen::build<Move>(
      rc::gen::set(&Move::deed,
                   element(Deed::come, Deed::come, Deed::come_by_polling, Deed::lose, Deed::lose, Deed::leave,
                           Deed::watcher_reads, Deed::watcher_asks, Deed::watcher_returns)),
      rc::gen::set(&Move::who, rc::gen::inRange(0U, 100U)));
  return rc::gen::resize(25, rc::gen::container<std::vector<Move>>(move));
}

// Listens to everyone, and recovers its session when it comes back.
class Watcher {
 public:
  Watcher(Host& host, std::string name) : host_(host), name_(std::move(name)) {
    connect("{\"token\":\"" + name_ + "\"}");
    client_->send(R"(420["subscribe-presence",{"userIds":["user0","user1","user2","user3"]}])");
    read_until("430[");
    RC_ASSERT(!client_->next_offset().empty());
  }
  // All that has come so far.
  void read() {
    client_->send(R"(421["heartbeat"])");
    read_until("431[");
  }
  // Loses its connection with whatever is unread in it, and returns.
  void lose_and_return() {
    // Who takes nothing of three replays gets no fourth, but a new session (decision 23).
    if (replays_of_offset_ == 3) read();
    client_->lose();
    host_.settle();
    const std::string before = id_;
    const std::string offset = client_->offset().empty() ? offset_ : client_->offset();
    replays_of_offset_ = offset == offset_ ? replays_of_offset_ + 1 : 1;
    offset_ = offset;
    replaying_ = true;
    connect(R"({"token":")" + name_ + R"(","pid":")" + pid_ + R"(","offset":")" + offset_ + R"("})");
    RC_ASSERT(id_ == before);
  }
  // Asks how the users are, by a reply that may say what it has not been told.
  void ask() {
    client_->send(R"(42["check-users-status",{"userIds":["user0","user1","user2","user3"]}])");
    for (;;) {
      const std::string packet = client_->next();
      take(packet);
      if (packet.starts_with(R"(42["users-status")")) return;
    }
  }
  const std::map<std::string, bool>& heard() const { return heard_; }
  const std::map<std::string, bool>& known() const { return known_; }

 private:
  static std::string text(const base::json::value& value) { return std::string(value.as_string()); }

  void connect(const std::string& auth) {
    const bool is_new = pid_.empty();
    client_.emplace(host_.address(), By::websocket);
    const auto answer = base::json::parse(client_->connect("/", auth).substr(2));
    RC_ASSERT(answer.ok());
    id_ = text(answer->at("sid"));
    pid_ = text(answer->at("pid"));
    if (is_new) take(client_->next());
  }
  void read_until(std::string_view answer) {
    for (const std::string& packet : client_->until(answer)) take(packet);
  }
  void take(const std::string& packet) {
    const auto event = base::json::parse(packet.substr(2));
    RC_ASSERT(event.ok());
    const auto& parts = event->as_array();
    const std::string name = text(parts[0]);
    if (name == "connected") replaying_ = false;  // the greeting follows what was missed
    if (name == "users-status") {
      for (const auto& status : parts[1].at("statuses").as_array())
        known_[text(status.at("userId"))] = status.at("online").as_bool();
    }
    if (name != "user-online" && name != "user-offline") return;
    const std::string user = text(parts[1].at("userId"));
    const bool online = name == "user-online";
    RC_ASSERT(user != name_);
    RC_ASSERT(parts[1].at("online").as_bool() == online);
    const auto before = heard_.find(user);
    if (!replaying_) {
      if (before != heard_.end()) RC_ASSERT(before->second != online);
      if (before == heard_.end() && user.starts_with("user")) RC_ASSERT(online);
    }
    heard_[user] = known_[user] = online;
  }

  Host& host_;
  std::string name_;
  std::optional<Client> client_;
  std::string id_, pid_, offset_;
  int replays_of_offset_ = 0;
  bool replaying_ = false;
  std::map<std::string, bool> heard_, known_;  // known: heard, or told when it asked
};

ServerOptions with_recovery() {
  ServerOptions options;
  options.recovery = seconds(60);
  return options;
}

enum class To { everyone, everyone_in_batches, watchers };

Config config_for(To to) {
  Config config = plain_config();
  config.presence.offline_grace = milliseconds(3);
  config.presence.broadcast = to == To::watchers ? "watchers" : "everyone";
  config.presence.flap_after = 0;  // they come and go all the time
  config.presence.deliveries_per_second = to == To::everyone_in_batches ? 1 : 0;
  config.presence.max_window = milliseconds(5);
  return config;
}

class World {
 public:
  explicit World(To to) : presence_(config_for(to), with_recovery()) {
    for (unsigned i = 0; i < kWatchers; ++i)
      watchers_.push_back(std::make_unique<Watcher>(presence_.host, "watcher" + std::to_string(i)));
  }
  void play(const Move& move) {
    Watcher& watcher = *watchers_[move.who % kWatchers];
    switch (move.deed) {
      case Deed::come:
      case Deed::come_by_polling: {
        const std::string user = "user" + std::to_string(move.who % kUsers);
        connections_.emplace_back(
            user, presence_.user(user, move.deed == Deed::come ? By::websocket : By::polling));
        break;
      }
      case Deed::lose:
      case Deed::leave:
        end(move);
        break;
      case Deed::watcher_reads:
        watcher.read();
        break;
      case Deed::watcher_asks:
        watcher.ask();
        break;
      case Deed::watcher_returns:
        watcher.lose_and_return();
        break;
    }
  }
  // Once nobody is in a grace any more.
  void check() {
    std::map<std::string, bool> online;
    for (const auto& [user, client] : connections_) online[user] = true;
    for (int i = 0; i < 10'000 && !settled(online.size() + kWatchers); ++i) watchers_[0]->read();
    for (const auto& watcher : watchers_) {
      watcher->read();
      for (unsigned i = 0; i < kUsers; ++i) {
        const std::string user = "user" + std::to_string(i);
        const auto heard = watcher->heard().find(user);
        RC_ASSERT((heard != watcher->heard().end() && heard->second) == online.contains(user));
        const auto known = watcher->known().find(user);
        if (known != watcher->known().end()) RC_ASSERT(known->second == online.contains(user));
      }
    }
  }

 private:
  // Nobody is in a grace, and all has been told.
  bool settled(std::size_t online) const {
    return presence_.gateway.presence().read(
        [&](const auto& view) { return view.online_count() == online && view.held() == 0; });
  }
  void end(const Move& move) {
    if (connections_.empty()) return;
    const auto at = connections_.begin() + static_cast<std::ptrdiff_t>(move.who % connections_.size());
    if (move.deed == Deed::leave) {
      at->second.send("41");
    } else if (at->second.transport() == By::polling) {
      at->second.send("1");  // the transport's end; a poll that is lost may have been answered before
    } else {
      at->second.lose();
    }
    connections_.erase(at);
  }

  PresenceHost presence_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  std::vector<std::pair<std::string, Client>> connections_;
};

class PresenceProperty : public testing::TestWithParam<To> {};

TEST_P(PresenceProperty, WatchersHearOnlineAndOfflineInTurnsAndTheTruthLast) {
  EXPECT_TRUE(rc::check([] {
    World world(GetParam());
    for (const Move& move : *moves()) world.play(move);
    world.check();
  }));
}

std::string name_of(const testing::TestParamInfo<To>& to) {
  static constexpr std::array kNames = {"Everyone", "EveryoneInBatches", "Watchers"};
  return kNames[static_cast<std::size_t>(to.param)];
}
INSTANTIATE_TEST_SUITE_P(ToldTo, PresenceProperty,
                         testing::Values(To::everyone, To::everyone_in_batches, To::watchers), name_of);

}  // namespace
}  // namespace rollcall::gateway
