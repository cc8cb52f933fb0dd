#include "wire/fields.hpp"

#include "base/utf8.hpp"

namespace rollcall::wire {
namespace {

namespace json = base::json;

// Empty if it is not a user id.
std::string_view id_in(const json::value* value) {
  if (!value || !value->is_string()) return {};
  const std::string_view id(value->as_string().data(), value->as_string().size());
  return id.size() <= presence::kMaxUserIdBytes ? id : std::string_view();
}

Failure<Error> bad_id(std::string_view got, std::string field) {
  return invalid(std::move(field), "must be a non-empty string of at most " +
                                       std::to_string(presence::kMaxUserIdBytes) + " bytes, got " +
                                       std::string(got));
}

std::string bytes_of(std::string_view text) {
  return text.empty() ? "an empty string" : std::to_string(text.size()) + " bytes";
}

// Two ids that differ in such a half would become one.
bool is_halved(std::string_view id) {
  return id.find("\xEF\xBF\xBD") != std::string_view::npos;
}

Failure<Error> bad_id(const json::value* value, std::string field) {
  if (!id_in(value).empty()) {
    return invalid(std::move(field),
                   "has half of a surrogate pair, such as \\ud83d alone: an id must be whole Unicode");
  }
  if (value && value->is_string()) {
    return bad_id(bytes_of({value->as_string().data(), value->as_string().size()}), std::move(field));
  }
  return bad_id(described(value), std::move(field));
}

}  // namespace

std::string described(const json::value* value) {
  if (!value) return "nothing";
  switch (value->kind()) {
    case boost::json::kind::null:
      return "null";
    case boost::json::kind::bool_:
      return "a boolean";
    case boost::json::kind::string:
      return value->as_string().empty() ? "an empty string" : "a string";
    case boost::json::kind::array:
      return "an array";
    case boost::json::kind::object:
      return "an object";
    default:
      return "a number";
  }
}

bool is_nothing(const json::value* value) {
  return !value || value->is_null();
}

Result<UserId, Error> user_id_in_path(std::string_view text) {
  if (!base::is_utf8(text)) return invalid("userId", "must be UTF-8, percent-encoded");
  if (text.empty() || text.size() > presence::kMaxUserIdBytes) return bad_id(bytes_of(text), "userId");
  return UserId(text);
}

Result<UserId, Error> read_user_id(const Fields& fields) {
  const json::value* value = fields.find("userId");
  const std::string_view id = id_in(value);
  if (id.empty() || (fields.halves && is_halved(id))) return bad_id(value, "userId");
  return UserId(id, fields.memory);
}

Result<UserIds, Error> read_user_ids(const Fields& fields, std::size_t most) {
  const json::value* value = fields.find("userIds");
  if (!value || !value->is_array()) {
    return invalid("userIds", "must be an array of user ids, got " + described(value));
  }
  const json::array& array = value->as_array();
  if (array.size() > most) {
    return fail(Error{ErrorCode::too_many_users,
                      "userIds has " + std::to_string(array.size()) + " ids, at most " +
                          std::to_string(most) + " are allowed",
                      "userIds"});
  }
  UserIds ids(fields.memory);
  ids.reserve(array.size());
  for (const json::value& element : array) {
    const std::string_view id = id_in(&element);
    if (id.empty() || (fields.halves && is_halved(id)))
      return bad_id(&element, "userIds[" + std::to_string(ids.size()) + "]");
    ids.emplace_back(id);
  }
  return ids;
}

}  // namespace rollcall::wire
