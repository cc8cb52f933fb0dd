// The whole server on the sham kernel: requests, deliveries, connects, pings. The times include the sham
// kernel's, about 50 ns per send or read.
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "micro/counting.hpp"
#include "sham/host.hpp"
#include "sham/kernel.hpp"
#include "sham/person.hpp"

namespace rollcall::micro {
namespace {

using sham::drop_output;
using sham::Host;
using sham::join_all;
using sham::Kernel;
using sham::user_name;
using sham::watchers_only;

// This many in one read, from one of 1,000 people.
void ask(benchmark::State& state, const std::string& json) {
  const auto in_flight = static_cast<std::size_t>(state.range(0));
  Host host(watchers_only());
  host.run([&] {
    const int client = join_all(host, 1000).front();
    std::string frames;
    for (std::size_t i = 0; i < in_flight; ++i) frames += sham::event_frame(1000 + i, json);
    repeat(state, static_cast<double>(in_flight), [&] {
      Kernel::get().write(client, frames);
      host.turn();
      ROLLCALL_ASSERT(drop_output() > 0);
    });
  });
}

void server_check_user_status(benchmark::State& state) {
  ask(state, sham::ask_json("check-user-status", R"({"userId":")" + user_name(7) + R"("})"));
}
BENCHMARK(server_check_user_status)->Arg(1)->Arg(8);

void server_check_100_users(benchmark::State& state) {
  std::string ids;
  for (std::size_t i = 0; i < 100; ++i) ids += (i ? ",\"" : "\"") + user_name(i) + "\"";
  ask(state, sham::ask_json("check-users-status", R"({"userIds":[)" + ids + "]}"));
}
BENCHMARK(server_check_100_users)->Arg(1);

void server_list_of_1000(benchmark::State& state) {
  ask(state, sham::ask_json("get-online-users", "{}"));
}
BENCHMARK(server_list_of_1000)->Arg(1);

void server_heartbeat(benchmark::State& state) {
  ask(state, R"(["heartbeat"])");
}
BENCHMARK(server_heartbeat)->Arg(1);

// Deliveries of changes to 10,000 people, this many changes per turn: users come back and say goodbye.
void server_deliver_to_10000(benchmark::State& state) {
  constexpr std::size_t kListeners = 10'000;
  const auto changes = static_cast<std::size_t>(state.range(0));
  Host host;
  host.run([&] {
    join_all(host, kListeners);
    const std::string goodbye = sham::goodbye_frame();
    std::vector<std::string> connects;
    for (std::size_t i = 0; i < changes; ++i) {
      connects.push_back(sham::connect_frame(sham::token_of(user_name(kListeners + i))));
    }
    std::vector<int> changers(changes);
    for (int& changer : changers) changer = Kernel::get().dial();
    for (const int changer : changers) Kernel::get().write(changer, sham::upgrade_request());
    host.settle();
    repeat(state, 2 * static_cast<double>(changes * kListeners), [&] {
      for (std::size_t i = 0; i < changes; ++i) Kernel::get().write(changers[i], connects[i]);
      host.turn();
      for (const int changer : changers) Kernel::get().write(changer, goodbye);
      host.turn();
      ROLLCALL_ASSERT(drop_output() >= 2 * kListeners);
    });
  });
}
BENCHMARK(server_deliver_to_10000)->Arg(1)->Arg(20)->Unit(benchmark::kMillisecond);

// A connection's whole life: upgrade, CONNECT, greeting, and loss.
void server_connect_and_lose(benchmark::State& state) {
  Host host(watchers_only());
  host.run([&] {
    const std::string upgrade = sham::upgrade_request();
    const std::string connect = sham::connect_frame(sham::token_of("someone"));
    repeat(state, [&] {
      const int client = Kernel::get().dial();
      Kernel::get().write(client, upgrade);
      host.settle();
      Kernel::get().write(client, connect);
      host.settle();
      Kernel::get().hang_up(client);
      host.settle();
      drop_output();
    });
  });
}
BENCHMARK(server_connect_and_lose);

void server_ping_and_pong(benchmark::State& state) {
  constexpr std::size_t kPeople = 1000;
  Host host(watchers_only());
  host.run([&] {
    const std::vector<int> clients = join_all(host, kPeople);
    const std::string pong = sham::pong_frame();
    Kernel::get().advance(seconds(1));
    repeat(state, kPeople, [&] {
      Kernel::get().advance(seconds(25));
      host.turn();
      for (const int client : clients) Kernel::get().write(client, pong);
      host.settle();
      ROLLCALL_ASSERT(drop_output() == kPeople);
    });
  });
}
BENCHMARK(server_ping_and_pong);

}  // namespace
}  // namespace rollcall::micro
