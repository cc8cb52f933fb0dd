#include "calls/table.hpp"

#include <algorithm>

#include "calls/payload.hpp"
#include "wire/events.hpp"
#include "wire/first_argument.hpp"

namespace rollcall::calls {

extern const Call kCheckUserStatus, kCheckUsersStatus, kGetOnlineUsers, kHeartbeat, kSubscribePresence,
    kUnsubscribePresence, kRefreshToken, kCountOnline;

namespace {

constexpr const Call* kCalls[] = {
    &kCheckUserStatus,
    &kCheckUsersStatus,
    &kGetOnlineUsers,
    &kHeartbeat,
    &kSubscribePresence,
    &kUnsubscribePresence,
    &kRefreshToken,
    // Of backends alone:
    &kCountOnline,
};

// A longer event name is not repeated in the error.
constexpr std::size_t kMaxNamedEventBytes = 64;

}  // namespace

std::span<const Call* const> all() {
  return kCalls;
}

std::span<const Call* const, kClientCalls> of_clients() {
  return std::span(kCalls).first<kClientCalls>();
}

std::size_t find_event(std::string_view event) {
  const auto calls = of_clients();
  std::size_t at = 0;
  while (at < calls.size() && calls[at]->event != event) ++at;
  return at;
}

wire::Error unknown_event(std::string_view event) {
  std::string message = "no such event";
  if (event.size() <= kMaxNamedEventBytes) message.append(": ").append(event);
  return {wire::ErrorCode::unknown_event, std::move(message)};
}

Result<RequestPtr, wire::Error> decode(const Call& call, std::string_view args_json, std::size_t attachments,
                                       const Limits& limits, std::pmr::memory_resource* memory) {
  if (args_json.size() > limits.event_bytes) {
    return wire::invalid({}, "the payload has " + std::to_string(args_json.size()) + " bytes, at most " +
                                 std::to_string(limits.event_bytes) + " are allowed");
  }
  if (attachments > 0) return wire::invalid({}, "the payload must not contain binary data");
  return with_payload(wire::first_argument(args_json), call.payload_optional, memory,
                      [&](const wire::Fields& fields) { return call.read(fields, limits); });
}

bool is_own_event(std::string_view name) {
  const auto told = wire::server_events();
  const auto calls = of_clients();
  return std::find(told.begin(), told.end(), name) != told.end() ||
         std::any_of(calls.begin(), calls.end(), [&](const Call* call) { return call->reply == name; });
}

}  // namespace rollcall::calls
