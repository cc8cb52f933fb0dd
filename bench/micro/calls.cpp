// Client requests, from the incoming text to the outgoing text, without hub and socket; and the text of
// changes.
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "calls/online_list.hpp"
#include "calls/table.hpp"
#include "micro/counting.hpp"
#include "presence/announcer.hpp"
#include "presence/core.hpp"
#include "sham/person.hpp"
#include "wire/events.hpp"

namespace rollcall::micro {
namespace {

const WallTime kNow{seconds(1'800'000'000)};
const calls::Limits kLimits{};

std::string ids_of(std::size_t count) {
  std::string ids;
  for (std::size_t i = 0; i < count; ++i) ids += (i ? ",\"" : "\"") + sham::user_name(i) + "\"";
  return R"({"userIds":[)" + ids + "]}";
}

// Watches nothing: watching is the sockets' part.
struct Nobody final : calls::Caller {
  std::optional<wire::Error> watch(const wire::UserIds&) override { return std::nullopt; }
  std::size_t unwatch(const wire::UserIds&) override { return 0; }
  Result<std::optional<WallTime>, wire::Error> renew(const std::string&) override {
    return std::optional<WallTime>();
  }
};

// 900 users are online.
class Crowd {
 public:
  Crowd() {
    std::vector<presence::UserChanged> changes;
    for (std::size_t i = 0; i < 900; ++i) {
      presence::Connect connect{i + 1, sham::user_name(i), {"someone@example.com", "member", {}}};
      core_.apply(connect, Instant{}, kNow, changes);
    }
  }

  std::string ask(std::string_view event, std::string_view args) {
    const calls::Call& call = *calls::kClientCalls[calls::find_event(event)];
    auto request = calls::decode(call, args, 0, kLimits);
    ROLLCALL_ASSERT(request.ok());
    (*request)->look({core_, announcer_}, {1, kNow, online_list_});
    auto answer = (*request)->answer(caller_, kNow, wire::begin_ack_ok(call.reply));
    ROLLCALL_ASSERT(answer.ok());
    return std::move(*answer);
  }

 private:
  presence::Core core_{presence::Settings{}};
  presence::Announcer announcer_{presence::PaceSettings{}};
  calls::OnlineList online_list_{kLimits.max_online_list};
  Nobody caller_;
};

void ask(benchmark::State& state, std::string_view event, const std::string& args) {
  Crowd crowd;
  repeat(state, [&] { benchmark::DoNotOptimize(crowd.ask(event, args)); });
}

void call_check_user_status(benchmark::State& state) {
  ask(state, "check-user-status", R"({"userId":")" + sham::user_name(7) + R"("})");
}
BENCHMARK(call_check_user_status);

void call_check_users_status_100(benchmark::State& state) {
  ask(state, "check-users-status", ids_of(100));
}
BENCHMARK(call_check_users_status_100);

void call_heartbeat(benchmark::State& state) {
  ask(state, "heartbeat", "");
}
BENCHMARK(call_heartbeat);

void call_get_online_users_900(benchmark::State& state) {
  ask(state, "get-online-users", R"({"limit":900})");  // a page, which is not cached
}
BENCHMARK(call_get_online_users_900);

void write_user_online(benchmark::State& state) {
  const presence::UserChanged change{sham::user_name(7), {}, {true, kNow, kNow}, kNow};
  repeat(state, [&] { benchmark::DoNotOptimize(wire::user_changed(change)); });
}
BENCHMARK(write_user_online);

}  // namespace
}  // namespace rollcall::micro
