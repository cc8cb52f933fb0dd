// The fields of a request, wherever they came from: an event's payload, the body of an HTTP request, its
// path. Each rule is here once.
//
// Used by the calls. Pure; thread-safe.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "wire/error.hpp"
#include "wire/user_ids.hpp"

namespace rollcall::wire {

// `object` may be null, for a payload that was left out.
struct Fields {
  const base::json::object* object = nullptr;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();  // for the ids
  bool halves = false;  // U+FFFD may stand for half of a surrogate pair (base::json::parse)

  const base::json::value* find(std::string_view name) const {
    return object ? object->if_contains({name.data(), name.size()}) : nullptr;
  }
};

// What was sent, in words: its kind, and never its content unless it is a number.
std::string described(const base::json::value* value);
bool is_nothing(const base::json::value* value);

// An id that came as text of its own.
Result<UserId, Error> user_id_in_path(std::string_view text);
Result<UserId, Error> read_user_id(const Fields& fields);                      // userId
Result<UserIds, Error> read_user_ids(const Fields& fields, std::size_t most);  // userIds

}  // namespace rollcall::wire
