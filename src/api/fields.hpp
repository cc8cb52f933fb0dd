// The fields of a request, wherever they came from: an event's payload, the body of an HTTP request, its path
// and query. Each rule is here once.
//
// Used by api's decoders only. Pure; thread-safe.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>

#include "api/requests.hpp"
#include "base/json.hpp"

namespace rollcall::api {

// `object` may be null, for a payload that was left out.
struct Fields {
  const base::json::object* object = nullptr;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();  // for the ids
  bool halves = false;  // U+FFFD may stand for half of a surrogate pair (base::json::parse)

  const base::json::value* find(std::string_view name) const {
    return object ? object->if_contains({name.data(), name.size()}) : nullptr;
  }
};

// "<field> <reason>"; without a field the reason alone.
Failure<Error> invalid(std::string field, std::string_view reason);

// What was sent, in words: its kind, and never its content unless it is a number.
std::string described(const base::json::value* value);
bool is_nothing(const base::json::value* value);

// An id that came as text of its own, in UTF-8.
Result<UserId, Error> user_id_of(std::string_view text, std::string field);
Result<UserId, Error> read_user_id(const Fields& fields);                                    // userId
Result<UserIds, Error> read_user_ids(const Fields& fields, const Limits& limits);            // userIds
Result<GetOnlineUsers, Error> read_online_page(const Fields& fields, const Limits& limits);  // limit, cursor

}  // namespace rollcall::api
