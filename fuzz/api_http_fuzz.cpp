// What a backend may send: path parameters, queries, bodies; and what an operator may take for a key. What is
// read keeps the limits, and what is refused is refused in a problem that is JSON and quotes no key.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/http_requests.hpp"
#include "api/problem.hpp"
#include "api/service_key.hpp"
#include "base/json.hpp"

using namespace rollcall::api;

namespace {

constexpr Limits kLimits{.max_batch_ids = 8, .max_online_list = 100, .event_bytes = 1 << 20};

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Error& error) {
  const auto problem = rollcall::base::json::parse(to_json(problem_of(error)));
  require(problem.ok() && problem->is_object());
  require(error.message.size() < 300);
  require(error.message.starts_with(error.field));
}

void check_id(std::string_view id) {
  require(!id.empty() && id.size() <= rollcall::presence::kMaxUserIdBytes);
}

void check_key(std::string_view text) {
  const auto key = parse_service_key(text);
  if (!key) return;
  const auto again = parse_service_key(to_text(*key));
  require(again.ok() && again->name == key->name && again->scopes == key->scopes &&
          again->digest == key->digest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto user = read_path_user(text))
    check_id(user->user_id);
  else
    check(user.error());
  if (const auto query = read_query(text, kLimits)) {
    require(query->user_ids.size() <= kLimits.max_batch_ids);
    for (const std::string_view id : query->user_ids) check_id(id);
  } else {
    check(query.error());
  }
  const std::string limit = text.substr(0, text.find('&'));
  const auto online = read_online(limit, text.substr(limit.size()), kLimits);
  if (!online) {
    check(online.error());
  } else if (online->limit) {
    require(*online->limit >= 1 && *online->limit <= kLimits.max_online_list);
  }
  if (const auto emit = read_emit(text)) {
    require(!emit->event.empty() && emit->event.size() <= kMaxEventNameBytes);
    require(emit->data.empty() || rollcall::base::json::parse(emit->data).ok());
  } else {
    check(emit.error());
  }
  check_key(text);
  return 0;
}
