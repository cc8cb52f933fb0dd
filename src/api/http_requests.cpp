#include "api/http_requests.hpp"

#include <algorithm>
#include <array>
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

bool is_reserved(std::string_view event) {
  constexpr std::array<std::string_view, 6> kReserved = {"connect",       "connect_error", "disconnect",
                                                         "disconnecting", "newListener",   "removeListener"};
  return std::find(kReserved.begin(), kReserved.end(), event) != kReserved.end();
}

Result<CheckUserStatus, Error> read_path_user(std::string_view user_id) {
  if (!base::is_utf8(user_id)) return not_utf8("userId");
  json::object object;
  object["userId"] = text(user_id);
  auto id = read_user_id({&object});
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

Result<Emit, Error> read_emit(std::string_view body) {
  auto parsed = json::parse(body);
  if (!parsed) return invalid({}, "the payload is not valid JSON: " + parsed.error());
  if (!parsed->is_object()) return invalid({}, "the payload must be an object, got " + described(&*parsed));
  const Fields fields{&parsed->as_object()};
  const json::value* event = fields.find("event");
  if (!event || !event->is_string() || event->as_string().empty()) {
    return invalid("event", "must be a non-empty string, got " + described(event));
  }
  const std::string_view name(event->as_string().data(), event->as_string().size());
  if (name.size() > kMaxEventNameBytes) {
    return invalid("event", "must be at most " + std::to_string(kMaxEventNameBytes) + " bytes, got " +
                                std::to_string(name.size()));
  }
  if (is_reserved(name)) {
    return invalid("event", "must not be a name that clients use for events of their own, such as connect");
  }
  Emit emit{std::string(name), {}};
  if (const json::value* data = fields.find("data")) emit.data = json::serialize(*data);
  return emit;
}

}  // namespace rollcall::api
