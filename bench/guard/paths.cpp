#include "guard/paths.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "feed/ring.hpp"
#include "guard/measured.hpp"
#include "presence/core.hpp"
#include "sham/host.hpp"
#include "sham/kernel.hpp"
#include "sham/person.hpp"

namespace rollcall::guard {
namespace {

using sham::drop_output;
using sham::Host;
using sham::join_all;
using sham::Kernel;
using sham::user_name;
using sham::watchers_only;

std::string ids_json(std::size_t first, std::size_t count) {
  std::string ids;
  for (std::size_t i = first; i < first + count; ++i)
    ids += (ids.empty() ? "\"" : ",\"") + user_name(i) + "\"";
  return R"({"userIds":[)" + ids + "]}";
}

// `parts` requests in one read, each acknowledged.
void ask(unsigned operations, unsigned parts, const std::string& json) {
  Host host(watchers_only());
  host.run([&] {
    const int client = join_all(host, 100).front();
    std::string frames;
    for (unsigned i = 0; i < parts; ++i) frames += sham::event_frame(1000 + i, json);
    measured(
        operations, [&] { Kernel::get().write(client, frames); }, [&] { host.turn(); });
    ROLLCALL_ASSERT(drop_output() >= operations);
  });
}

void check_user_status(unsigned operations, unsigned parts) {
  ask(operations, parts, sham::ask_json("check-user-status", R"({"userId":")" + user_name(7) + R"("})"));
}

void check_100_users(unsigned operations, unsigned parts) {
  ask(operations, parts, sham::ask_json("check-users-status", ids_json(0, 100)));
}

void list_online(unsigned operations, unsigned parts) {
  ask(operations, parts, sham::ask_json("get-online-users", "{}"));
}

void heartbeat(unsigned operations, unsigned parts) {
  ask(operations, parts, R"(["heartbeat"])");
}

// A connection watches `watched` users, unsubscribes from one, and subscribes to that one again.
void unsubscribe_one_of(std::size_t watched, unsigned operations) {
  constexpr std::size_t kABatch = 1000;
  constexpr std::size_t kStride = 7919;  // a prime: from all over the list
  Host host(watchers_only());
  host.run([&] {
    const int client = join_all(host, 1).front();
    const auto request = [&](const char* event, std::size_t first, std::size_t count) {
      const std::string json = sham::ask_json(event, ids_json(first, count));
      Kernel::get().write(client, sham::event_frame(1000, json));
    };
    for (std::size_t i = 0; i < watched; i += kABatch) {
      request("subscribe-presence", i, std::min(kABatch, watched - i));
      host.settle();
    }
    std::size_t user = 0;
    measured(
        operations,
        [&] {
          request("subscribe-presence", user, 1);
          host.settle();
          user = (user + kStride) % watched;
          request("unsubscribe-presence", user, 1);
        },
        [&] { host.turn(); });
    std::string last;
    Kernel::get().take_sent([&](int, std::string_view sent) { last = sent; });
    ROLLCALL_ASSERT(last.find("\"count\":" + std::to_string(watched - 1) + ",") != std::string::npos);
  });
}

void unsubscribe_one_of_10(unsigned operations, unsigned) {
  unsubscribe_one_of(10, operations);
}

void unsubscribe_one_of_10000(unsigned operations, unsigned) {
  unsubscribe_one_of(10'000, operations);
}

// One read and one turn for each of a client's two messages.
void connect(unsigned operations, unsigned) {
  Host host(watchers_only());
  host.run([&] {
    Kernel& kernel = Kernel::get();
    const std::string upgrade = sham::upgrade_request();
    std::size_t next = 0;
    std::string frame;
    measured(
        operations, [&] { frame = sham::connect_frame(sham::token_of(user_name(next++))); },
        [&] {
          const int client = kernel.dial();
          kernel.write(client, upgrade);
          host.settle();
          kernel.write(client, frame);
          host.settle();
        });
    ROLLCALL_ASSERT(host.presence().read([](const auto& core) { return core.online_count(); }) == next);
    drop_output();
  });
}

void disconnect(unsigned operations, unsigned) {
  Host host(watchers_only());
  host.run([&] {
    std::vector<int> clients = join_all(host, operations + 10);
    measured(
        operations,
        [&] {
          Kernel::get().hang_up(clients.back());
          clients.pop_back();
        },
        [&] { host.settle(); });
  });
}

constexpr unsigned kListeners = 1000;

// `parts` deliveries to 1,000 listeners: as many users as needed say goodbye, all in one turn.
void fan_out(unsigned operations, unsigned parts) {
  const unsigned changes = parts / kListeners;
  Host host;
  host.run([&] {
    join_all(host, kListeners);
    std::vector<int> changers;
    const std::string goodbye = sham::goodbye_frame();
    measured(
        operations,
        [&] {
          changers = join_all(host, changes, kListeners);
          drop_output();
          for (const int changer : changers) Kernel::get().write(changer, goodbye);
        },
        [&] { host.turn(); });
    ROLLCALL_ASSERT(drop_output() >= kListeners);  // from the last turn
  });
}

// A ping to each of 100 people, and their answers.
void ping(unsigned operations, unsigned parts) {
  Host host(watchers_only());
  host.run([&] {
    const std::vector<int> clients = join_all(host, parts);
    const std::string pong = sham::pong_frame();
    Kernel::get().advance(seconds(1));
    measured(
        operations, [&] { Kernel::get().advance(seconds(25)); },
        [&] {
          host.turn();
          for (const int client : clients) Kernel::get().write(client, pong);
          host.turn();
        });
    ROLLCALL_ASSERT(host.connections() == parts && drop_output() >= operations * parts);
  });
}

// One user's connect, activity and goodbye in a core of 10,000.
void core(unsigned operations, unsigned) {
  presence::Core core({});
  std::vector<presence::UserChanged> changes;
  std::uint64_t connection = 1;
  Instant now{seconds(1)};
  const WallTime wall{seconds(1'800'000'000)};
  const presence::Details details{"someone@example.com", "member", std::nullopt};
  for (std::size_t i = 0; i < 10'000; ++i) {
    core.apply(presence::Connect{connection++, user_name(i), details}, now, wall, changes);
  }
  measured(
      operations, [&] { changes.clear(); },
      [&] {
        const presence::ConnectionId mine = connection++;
        core.apply(presence::Connect{mine, user_name(10'000 + mine % 100), details}, now, wall, changes);
        core.apply(presence::Activity{mine}, now, wall, changes);
        core.apply(presence::Disconnect{mine, presence::Ending::client_goodbye}, now, wall, changes);
      });
}

// One change kept in a full feed, and taken from it by a reader.
void feed(unsigned operations, unsigned) {
  feed::Ring feed(1, 1000);
  feed::ChangeList taken;
  const std::string user = user_name(7);
  const feed::Change change{user,     true, WallTime{seconds(1'800'000'000)}, "someone@example.com",
                            "member", {}};
  for (int i = 0; i < 5000; ++i) feed.add(change);
  measured(
      operations, [&] { taken.clear(); },
      [&] {
        feed.add(change);
        ROLLCALL_ASSERT(feed.read(feed.last() - 1, 1, taken));
      });
}

constexpr Path kPaths[] = {
    {"check-user-status", 500, 1, check_user_status},
    {"check-user-status, 8 in one read", 100, 8, check_user_status},
    {"check-users-status of 100", 50, 1, check_100_users},
    {"get-online-users of 100", 50, 1, list_online},
    {"heartbeat", 500, 1, heartbeat},
    {"unsubscribe from one of 10", 200, 1, unsubscribe_one_of_10},
    {"unsubscribe from one of 10,000", 200, 1, unsubscribe_one_of_10000},
    {"connect", 200, 1, connect},
    {"connection lost", 200, 1, disconnect},
    {"delivery, one change to 1000", 10, kListeners, fan_out},
    {"delivery, 20 changes to 1000 in a turn", 3, 20 * kListeners, fan_out},
    {"ping and pong", 20, 100, ping},
    {"core: connect, activity, goodbye", 1000, 1, core},
    {"feed: one change, taken by one reader", 1000, 1, feed},
};

}  // namespace

std::span<const Path> paths() {
  return kPaths;
}

}  // namespace rollcall::guard
