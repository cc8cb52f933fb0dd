// Reads and checks the fields of a request, wherever they come from: an event's payload, or the body or path
// of an HTTP request. Each rule is written here only.
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

// Describes a value for an error message: its type, and its content only if it is a number.
std::string described(const base::json::value* value);
bool is_nothing(const base::json::value* value);

// A user id taken from a path instead of from JSON.
Result<UserId, Error> user_id_in_path(std::string_view text);
Result<UserId, Error> read_user_id(const Fields& fields);                      // userId
Result<UserIds, Error> read_user_ids(const Fields& fields, std::size_t most);  // userIds

}  // namespace rollcall::wire
