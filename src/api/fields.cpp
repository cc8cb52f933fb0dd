#include "api/fields.hpp"

#include <charconv>
#include <cmath>

namespace rollcall::api {
namespace {

namespace json = base::json;

constexpr std::size_t kMaxCursorBytes = 64;

// Empty if it is none.
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

// A number as it is usually written.
std::string number_text(const json::value& number) {
  if (!number.is_double()) return json::serialize(number);
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number.get_double()).ptr;
  return std::isfinite(number.get_double()) ? std::string(text, end) : "a number";
}

// JSON knows one kind of number: 5, 5.0 and 5e0 are the same.
std::optional<std::size_t> whole_number(const json::value& value, std::size_t max) {
  std::size_t number = 0;
  if (const auto* positive = value.if_int64(); positive && *positive > 0) {
    number = static_cast<std::size_t>(*positive);
  } else if (const auto* real = value.if_double();
             real && *real >= 1 && *real < 9e15 && *real == std::floor(*real)) {
    number = static_cast<std::size_t>(*real);
  }
  if (number == 0 || number > max) return std::nullopt;
  return number;
}

}  // namespace

Failure<Error> invalid(std::string field, std::string_view reason) {
  std::string message = field;
  message.append(field.empty() ? "" : " ").append(reason);
  return fail(Error{ErrorCode::invalid_payload, std::move(message), std::move(field)});
}

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

Result<UserId, Error> user_id_of(std::string_view text, std::string field) {
  if (text.empty() || text.size() > presence::kMaxUserIdBytes)
    return bad_id(bytes_of(text), std::move(field));
  return UserId(text);
}

Result<UserId, Error> read_user_id(const Fields& fields) {
  const json::value* value = fields.find("userId");
  const std::string_view id = id_in(value);
  if (id.empty() || (fields.halves && is_halved(id))) return bad_id(value, "userId");
  return UserId(id, fields.memory);
}

Result<UserIds, Error> read_user_ids(const Fields& fields, const Limits& limits) {
  const json::value* value = fields.find("userIds");
  if (!value || !value->is_array()) {
    return invalid("userIds", "must be an array of user ids, got " + described(value));
  }
  const json::array& array = value->as_array();
  if (array.size() > limits.max_batch_ids) {
    return fail(Error{ErrorCode::too_many_users,
                      "userIds has " + std::to_string(array.size()) + " ids, at most " +
                          std::to_string(limits.max_batch_ids) + " are allowed",
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

Result<GetOnlineUsers, Error> read_online_page(const Fields& fields, const Limits& limits) {
  GetOnlineUsers request;
  if (const json::value* value = fields.find("limit"); !is_nothing(value)) {
    request.limit = whole_number(*value, limits.max_online_list);
    if (!request.limit) {
      return invalid("limit", "must be an integer from 1 to " + std::to_string(limits.max_online_list) +
                                  ", got " + (value->is_number() ? number_text(*value) : described(value)));
    }
  }
  if (const json::value* value = fields.find("cursor"); !is_nothing(value)) {
    if (!value->is_string()) return invalid("cursor", "must be a string, got " + described(value));
    if (value->as_string().size() > kMaxCursorBytes) return fail(error_of(presence::CursorFault::unknown));
    request.cursor.emplace(value->as_string().data(), value->as_string().size());
  }
  return request;
}

}  // namespace rollcall::api
