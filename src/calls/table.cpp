#include "calls/table.hpp"

#include <algorithm>

#include "calls/payload.hpp"
#include "wire/first_argument.hpp"

namespace rollcall::calls {

namespace {

// A longer event name is not repeated in the error.
constexpr std::size_t kMaxNamedEventBytes = 64;

}  // namespace

std::vector<const Call*> of_backends() {
  std::vector<const Call*> calls;
  for (const Call* call : kClientCalls) {
    if (call->read_http) calls.push_back(call);
  }
  calls.insert(calls.end(), kBackendCalls.begin(), kBackendCalls.end());
  return calls;
}

std::size_t find_event(std::string_view event) {
  std::size_t at = 0;
  while (at < kClientCalls.size() && kClientCalls[at]->event != event) ++at;
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
  return std::find(kServerEvents.begin(), kServerEvents.end(), name) != kServerEvents.end() ||
         std::any_of(kClientCalls.begin(), kClientCalls.end(),
                     [&](const Call* call) { return call->reply == name; });
}

}  // namespace rollcall::calls
