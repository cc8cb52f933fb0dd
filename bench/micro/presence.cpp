// Presence with a thousand to a million users: costs must not grow with their number.
#include <memory>
#include <string>
#include <vector>

#include "feed/ring.hpp"
#include "micro/counting.hpp"
#include "presence/core.hpp"
#include "sham/person.hpp"

namespace rollcall::micro {
namespace {

const Instant kStart{seconds(1)};
const WallTime kWall{seconds(1'800'000'000)};
const presence::Details kDetails{"someone@example.com", "member", std::nullopt};

// A core with this many online users, kept between benchmarks.
presence::Core& core_of(std::size_t users) {
  static std::unique_ptr<presence::Core> core;
  static std::size_t made_for = 0;
  if (made_for == users) return *core;
  core = std::make_unique<presence::Core>(presence::Settings{});
  made_for = users;
  std::vector<presence::UserChanged> changes;
  for (std::size_t i = 0; i < users; ++i) {
    core->apply(presence::Connect{i + 1, sham::user_name(i), kDetails}, kStart, kWall, changes);
    changes.clear();
  }
  return *core;
}

// Prepared names, far apart in memory.
std::vector<std::string> some_users(std::size_t users) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 4096; ++i) names.push_back(sham::user_name(i * 104'729 % users));
  return names;
}

void core_status(benchmark::State& state) {
  const auto users = static_cast<std::size_t>(state.range(0));
  const presence::Core& core = core_of(users);
  const auto names = some_users(users);
  std::size_t next = 0;
  repeat(state, [&] { benchmark::DoNotOptimize(core.state(names[next++ % names.size()])); });
}

void core_activity(benchmark::State& state) {
  const auto users = static_cast<std::size_t>(state.range(0));
  presence::Core& core = core_of(users);
  std::vector<presence::UserChanged> changes;
  std::size_t next = 0;
  repeat(state, [&] {
    next = (next + 104'729) % users;
    core.apply(presence::Activity{next + 1}, kStart, kWall, changes);
  });
}

// One more user comes and says goodbye; includes the command and its strings.
void core_connect_and_goodbye(benchmark::State& state) {
  const auto users = static_cast<std::size_t>(state.range(0));
  presence::Core& core = core_of(users);
  std::vector<presence::UserChanged> changes;
  const std::string name = sham::user_name(users);
  std::uint64_t connection = users + 1;
  repeat(state, [&] {
    core.apply(presence::Connect{++connection, name, kDetails}, kStart, kWall, changes);
    core.apply(presence::Disconnect{connection, presence::Ending::client_goodbye}, kStart, kWall, changes);
    changes.clear();
  });
}

void core_page_of_100(benchmark::State& state) {
  const presence::Core& core = core_of(static_cast<std::size_t>(state.range(0)));
  repeat(state, [&] { benchmark::DoNotOptimize(core.online(100)); });
}

// One change kept in a full feed.
void feed_add(benchmark::State& state) {
  feed::Ring feed(1, 100'000);
  const std::string user = sham::user_name(7);
  const feed::Change change{user, true, kWall, "someone@example.com", "member", {}};
  for (int i = 0; i < 500'000; ++i) feed.add(change);
  repeat(state, [&] { feed.add(change); });
}
BENCHMARK(feed_add);

// By size, not by benchmark, so that each size is built once.
const int registered = [] {
  for (const std::int64_t users : {1000, 10'000, 100'000, 1'000'000}) {
    benchmark::RegisterBenchmark("core_status", core_status)->Arg(users);
    benchmark::RegisterBenchmark("core_activity", core_activity)->Arg(users);
    benchmark::RegisterBenchmark("core_connect_and_goodbye", core_connect_and_goodbye)->Arg(users);
    benchmark::RegisterBenchmark("core_page_of_100", core_page_of_100)->Arg(users);
  }
  return 0;
}();

}  // namespace
}  // namespace rollcall::micro
