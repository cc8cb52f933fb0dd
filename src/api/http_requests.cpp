#include "api/http_requests.hpp"

#include <charconv>

#include "api/fields.hpp"
#include "base/utf8.hpp"

namespace rollcall::api {
namespace {

namespace json = base::json;

json::value text(std::string_view value) {
  return json::value(boost::json::string_view(value.data(), value.size()));
}

// A text of digits is a number, as far as one goes; whatever else is given is judged as text.
json::value number_or_text(std::string_view given) {
  std::int64_t number = 0;
  const char* end = given.data() + given.size();
  const auto [stop, error] = std::from_chars(given.data(), end, number);
  if (error == std::errc() && stop == end) return json::value(number);
  return text(given);
}

Failure<Error> not_utf8(std::string field) {
  return invalid(std::move(field), "must be UTF-8, percent-encoded");
}

}  // namespace

Result<CheckUserStatus, Error> read_path_user(std::string_view user_id) {
  if (!base::is_utf8(user_id)) return not_utf8("userId");
  auto id = user_id_of(user_id, "userId");
  if (!id) return fail(std::move(id.error()));
  return CheckUserStatus{std::move(*id)};
}

Result<CheckUsersStatus, Error> read_query(std::string_view body, const Limits& limits) {
  auto request = decode_body("check-users-status", body, limits);
  if (!request) return fail(std::move(request.error()));
  return std::move(std::get<CheckUsersStatus>(*request));
}

Result<GetOnlineUsers, Error> read_online(const std::optional<std::string>& limit,
                                          const std::optional<std::string>& cursor, const Limits& limits) {
  json::object object;
  if (limit) object["limit"] = number_or_text(*limit);
  if (cursor) object["cursor"] = text(*cursor);
  return read_online_page({&object}, limits);
}

}  // namespace rollcall::api
