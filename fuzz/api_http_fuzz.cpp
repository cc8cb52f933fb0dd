// What a backend may send: path parameters, queries, bodies; and what an operator may take for a key. What is
// read keeps the limits, and what is refused is refused in a problem that is JSON and quotes no key.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/emit_requests.hpp"
#include "api/http_requests.hpp"
#include "api/problem.hpp"
#include "api/service_key.hpp"
#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/utf8.hpp"

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

// What clients are sent is a part of what came, and one JSON value in UTF-8.
void check_emit(const Emit& emit, std::string_view body) {
  require(!emit.event.empty() && emit.event.size() <= kMaxEventNameBytes && !refused_event(emit.event));
  if (emit.data.empty()) return;
  require(body.find(emit.data) != std::string_view::npos && rollcall::base::is_utf8(emit.data));
  require(rollcall::base::scan_value(emit.data, 0) == emit.data.size());
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
    check_emit(*emit, text);
  } else {
    check(emit.error());
  }
  if (const auto many = read_emit_to_many(text, kLimits)) {
    check_emit(many->emit, text);
    if (many->user_ids) {
      require(many->user_ids->size() <= kLimits.max_batch_ids);
      for (const std::string_view id : *many->user_ids) check_id(id);
    }
  } else {
    check(many.error());
  }
  check_key(text);
  return 0;
}
