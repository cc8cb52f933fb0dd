#include "api/requests.hpp"

#include <array>

#include "api/fields.hpp"
#include "api/first_argument.hpp"
#include "base/assert.hpp"
#include "base/json.hpp"

namespace rollcall::api {
namespace {

namespace json = base::json;

constexpr std::size_t kPayloadMemory = 12 * 1024;  // a hundred ids
// A longer event name is not repeated in the error.
constexpr std::size_t kMaxNamedEventBytes = 64;

Result<Request, Error> read_check_user_status(const Fields& fields, const Limits&) {
  auto id = read_user_id(fields);
  if (!id) return fail(std::move(id.error()));
  return Request(CheckUserStatus{std::move(*id)});
}

Result<Request, Error> read_get_online_users(const Fields& fields, const Limits& limits) {
  auto request = read_online_page(fields, limits);
  if (!request) return fail(std::move(request.error()));
  return Request(std::move(*request));
}

template <class Batch>
Result<Request, Error> read_batch(const Fields& fields, const Limits& limits) {
  auto ids = read_user_ids(fields, limits);
  if (!ids) return fail(std::move(ids.error()));
  return Request(Batch{std::move(*ids)});
}

Result<Request, Error> read_heartbeat(const Fields&, const Limits&) {
  return Request(Heartbeat{});
}

Result<Request, Error> read_refresh_token(const Fields& fields, const Limits&) {
  const json::value* value = fields.find("token");
  if (!value || !value->is_string() || value->as_string().empty()) {
    return invalid("token", "must be a non-empty string, got " + described(value));
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

Result<Request, Error> read_payload(const Event& event, std::string_view text, const Limits& limits,
                                    std::pmr::memory_resource* memory) {
  if (text.empty() && event.payload_optional) return event.read({}, limits);
  json::Scratch<kPayloadMemory> scratch;
  std::optional<json::value> payload;
  bool halves = false;
  if (!text.empty()) {
    auto parsed = json::parse(text, scratch.memory(), &halves);
    if (!parsed) return invalid({}, "the payload is not valid JSON: " + parsed.error());
    payload = std::move(*parsed);
  }
  const json::value* value = payload ? &*payload : nullptr;
  if (value && value->is_object()) return event.read({&value->as_object(), memory, halves}, limits);
  if (is_nothing(value) && event.payload_optional) return event.read({}, limits);
  return invalid({}, std::string("the payload must be an object") +
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
  return {ErrorCode::invalid_payload, "cursor must be a nextCursor that this server gave", "cursor"};
}

std::span<const std::string_view> request_events() {
  return kNames;
}

Result<Request, Error> decode(std::string_view event, std::string_view args_json, std::size_t attachments,
                              const Limits& limits, std::pmr::memory_resource* memory) {
  const Event* known = find_event(event);
  if (!known) {
    std::string message = "no such event";
    if (event.size() <= kMaxNamedEventBytes) message.append(": ").append(event);
    return fail(Error{ErrorCode::unknown_event, std::move(message)});
  }
  if (args_json.size() > limits.event_bytes) {
    return invalid({}, "the payload has " + std::to_string(args_json.size()) + " bytes, at most " +
                           std::to_string(limits.event_bytes) + " are allowed");
  }
  if (attachments > 0) return invalid({}, "the payload must not contain binary data");
  return read_payload(*known, first_argument(args_json), limits, memory);
}

Result<Request, Error> decode_body(std::string_view event, std::string_view body, const Limits& limits) {
  const Event* known = find_event(event);
  ROLLCALL_ASSERT(known);
  return read_payload(*known, body, limits, std::pmr::get_default_resource());
}

}  // namespace rollcall::api
