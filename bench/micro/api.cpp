// The wire names and JSON of presence.
#include <string>
#include <vector>

#include "api/replies.hpp"
#include "api/requests.hpp"
#include "base/assert.hpp"
#include "micro/counting.hpp"
#include "sham/person.hpp"

namespace rollcall::micro {
namespace {

const WallTime kNow{seconds(1'800'000'000)};
const api::Limits kLimits{};

std::string ids_of(std::size_t count) {
  std::string ids;
  for (std::size_t i = 0; i < count; ++i) ids += (i ? ",\"" : "\"") + sham::user_name(i) + "\"";
  return R"({"userIds":[)" + ids + "]}";
}

presence::State online_status() {
  presence::State status;
  status.online = true;
  status.last_active = status.connected_at = kNow;
  return status;
}

void decode(benchmark::State& state, std::string_view event, const std::string& args) {
  ROLLCALL_ASSERT(api::decode(event, args, 0, kLimits).ok());
  repeat(state, [&] { benchmark::DoNotOptimize(api::decode(event, args, 0, kLimits)); });
}

void api_decode_check_user_status(benchmark::State& state) {
  decode(state, "check-user-status", R"({"userId":")" + sham::user_name(7) + R"("})");
}
BENCHMARK(api_decode_check_user_status);

void api_decode_100_ids(benchmark::State& state) {
  decode(state, "check-users-status", ids_of(100));
}
BENCHMARK(api_decode_100_ids);

void api_decode_heartbeat(benchmark::State& state) {
  decode(state, "heartbeat", "");
}
BENCHMARK(api_decode_heartbeat);

void api_user_status(benchmark::State& state) {
  const std::string user = sham::user_name(7);
  const presence::State status = online_status();
  repeat(state, [&] {
    benchmark::DoNotOptimize(api::user_status(user, status, kNow, api::begin_ack_ok("user-status-response")));
  });
}
BENCHMARK(api_user_status);

void api_users_status_100(benchmark::State& state) {
  api::UserIds users;
  for (std::size_t i = 0; i < 100; ++i) users.emplace_back(sham::user_name(i));
  const std::vector<presence::State> statuses(100, online_status());
  repeat(state, [&] { benchmark::DoNotOptimize(api::users_status(users, statuses, kNow)); });
}
BENCHMARK(api_users_status_100);

void api_online_list_900(benchmark::State& state) {
  repeat(state, [&] {
    std::string users = "[";
    for (std::size_t i = 0; i < 900; ++i) {
      if (i) users += ',';
      api::append_online_user(users, sham::user_name(i), "someone@example.com", "member", kNow, kNow);
    }
    users += ']';
    benchmark::DoNotOptimize(api::online_users(users, 900, std::nullopt, kNow));
  });
}
BENCHMARK(api_online_list_900);

void api_user_online(benchmark::State& state) {
  const presence::UserChanged change{sham::user_name(7), {}, {true, kNow, kNow}, kNow};
  repeat(state, [&] { benchmark::DoNotOptimize(api::user_changed(change)); });
}
BENCHMARK(api_user_online);

}  // namespace
}  // namespace rollcall::micro
