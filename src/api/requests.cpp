#include "api/requests.hpp"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <cmath>

#include "api/first_argument.hpp"
#include "base/json.hpp"

namespace rollcall::api {
namespace {

namespace json = base::json;

constexpr std::size_t kMaxCursorBytes = 64;
// What most payloads need, a hundred ids among them; more is taken from the heap.
constexpr std::size_t kPayloadMemory = 12 * 1024;
// A longer event name is not repeated in the error.
constexpr std::size_t kMaxNamedEventBytes = 64;

Failure<Error> invalid(std::string message) {
  return fail(Error{ErrorCode::invalid_payload, std::move(message)});
}

// What was sent, in words: its kind, and never its content unless it is a number.
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

// The fields of the payload; `object` may be null, for a payload that was left out.
struct Fields {
  const json::object* object = nullptr;
  const json::value* find(std::string_view name) const {
    return object ? object->if_contains({name.data(), name.size()}) : nullptr;
  }
};

// Empty if it is none.
std::string_view id_in(const json::value* value) {
  if (!value || !value->is_string()) return {};
  const std::string_view id(value->as_string().data(), value->as_string().size());
  return id.size() <= presence::kMaxUserIdBytes ? id : std::string_view();
}

Failure<Error> bad_id(const json::value* value, const std::string& field) {
  std::string got = described(value);
  if (got == "a string") got = std::to_string(value->as_string().size()) + " bytes";
  return invalid(field + " must be a non-empty string of at most " +
                 std::to_string(presence::kMaxUserIdBytes) + " bytes, got " + got);
}

Result<std::vector<std::string>, Error> read_ids(const Fields& fields, const Limits& limits) {
  const json::value* value = fields.find("userIds");
  if (!value || !value->is_array()) {
    return invalid("userIds must be an array of user ids, got " + described(value));
  }
  const json::array& array = value->as_array();
  if (array.size() > limits.max_batch_ids) {
    return fail(Error{ErrorCode::too_many_users, "userIds has " + std::to_string(array.size()) +
                                                     " ids, at most " + std::to_string(limits.max_batch_ids) +
                                                     " are allowed"});
  }
  std::vector<std::string> ids;
  ids.reserve(array.size());
  for (const json::value& element : array) {
    const std::string_view id = id_in(&element);
    if (id.empty()) return bad_id(&element, "userIds[" + std::to_string(ids.size()) + "]");
    ids.emplace_back(id);
  }
  return ids;
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

Result<Request, Error> read_get_online_users(const Fields& fields, const Limits& limits) {
  GetOnlineUsers request;
  if (const json::value* value = fields.find("limit"); !is_nothing(value)) {
    request.limit = whole_number(*value, limits.max_online_list);
    if (!request.limit) {
      return invalid("limit must be an integer from 1 to " + std::to_string(limits.max_online_list) +
                     ", got " + (value->is_number() ? json::serialize(*value) : described(value)));
    }
  }
  if (const json::value* value = fields.find("cursor"); !is_nothing(value)) {
    if (!value->is_string()) return invalid("cursor must be a string, got " + described(value));
    if (value->as_string().size() > kMaxCursorBytes) return fail(error_of(presence::CursorFault::unknown));
    request.cursor.emplace(value->as_string().data(), value->as_string().size());
  }
  return Request(std::move(request));
}

Result<Request, Error> read_check_user_status(const Fields& fields, const Limits&) {
  const std::string_view id = id_in(fields.find("userId"));
  if (id.empty()) return bad_id(fields.find("userId"), "userId");
  return Request(CheckUserStatus{std::string(id)});
}

template <class Batch>
Result<Request, Error> read_batch(const Fields& fields, const Limits& limits) {
  auto ids = read_ids(fields, limits);
  if (!ids) return fail(std::move(ids.error()));
  return Request(Batch{std::move(*ids)});
}

Result<Request, Error> read_heartbeat(const Fields&, const Limits&) {
  return Request(Heartbeat{});
}

Result<Request, Error> read_refresh_token(const Fields& fields, const Limits&) {
  const json::value* value = fields.find("token");
  if (!value || !value->is_string() || value->as_string().empty()) {
    return invalid("token must be a non-empty string, got " + described(value));
  }
  return Request(RefreshToken{{value->as_string().data(), value->as_string().size()}});
}

struct Event {
  std::string_view name;
  bool payload_optional;
  Result<Request, Error> (*read)(const Fields&, const Limits&);
};
constexpr std::array<Event, 7> kEvents = {{
    {"check-user-status", false, read_check_user_status},
    {"check-users-status", false, read_batch<CheckUsersStatus>},
    {"get-online-users", true, read_get_online_users},
    {"heartbeat", true, read_heartbeat},
    {"subscribe-presence", false, read_batch<SubscribePresence>},
    {"unsubscribe-presence", false, read_batch<UnsubscribePresence>},
    {"refresh-token", false, read_refresh_token},
}};
constexpr std::array<std::string_view, kEvents.size()> kNames = [] {
  std::array<std::string_view, kEvents.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kEvents[i].name;
  return names;
}();

const Event* find_event(std::string_view name) {
  for (const Event& event : kEvents) {
    if (event.name == name) return &event;
  }
  return nullptr;
}

Result<Request, Error> read_payload(const Event& event, std::string_view text, const Limits& limits) {
  if (text.empty() && event.payload_optional) return event.read({}, limits);
  unsigned char memory[kPayloadMemory];
  boost::json::monotonic_resource resource(memory);
  std::optional<json::value> payload;
  if (!text.empty()) {
    auto parsed = json::parse(text, &resource);
    if (!parsed) return invalid("the payload is not valid JSON: " + parsed.error());
    payload = std::move(*parsed);
  }
  const json::value* value = payload ? &*payload : nullptr;
  if (value && value->is_object()) return event.read({&value->as_object()}, limits);
  if (is_nothing(value) && event.payload_optional) return event.read({}, limits);
  return invalid(std::string("the payload must be an object") +
                 (event.payload_optional ? " or nothing" : "") + ", got " + described(value));
}

}  // namespace

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_payload:
      return "INVALID_PAYLOAD";
    case ErrorCode::too_many_users:
      return "TOO_MANY_USERS";
    case ErrorCode::rate_limited:
      return "RATE_LIMITED";
    case ErrorCode::unknown_event:
      return "UNKNOWN_EVENT";
    case ErrorCode::forbidden:
      return "FORBIDDEN";
    case ErrorCode::internal:
      return "INTERNAL";
  }
  return "INTERNAL";
}

Error error_of(presence::CursorFault) {
  return {ErrorCode::invalid_payload, "cursor must be a nextCursor that this server gave"};
}

std::span<const std::string_view> request_events() {
  return kNames;
}

Result<Request, Error> decode(std::string_view event, std::string_view args_json, std::size_t attachments,
                              const Limits& limits) {
  const Event* known = find_event(event);
  if (!known) {
    std::string message = "no such event";
    if (event.size() <= kMaxNamedEventBytes) message.append(": ").append(event);
    return fail(Error{ErrorCode::unknown_event, std::move(message)});
  }
  if (args_json.size() > limits.event_bytes) {
    return invalid("the payload has " + std::to_string(args_json.size()) + " bytes, at most " +
                   std::to_string(limits.event_bytes) + " are allowed");
  }
  if (attachments > 0) return invalid("the payload must not contain binary data");
  return read_payload(*known, first_argument(args_json), limits);
}

}  // namespace rollcall::api
