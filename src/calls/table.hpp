// The list of all calls about users: those of clients, and those of backends that only read. The other calls
// of backends (emit, disconnect, ...) are in gateway/http.
//
// The gateway decodes every event with this. Pure; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "calls/call.hpp"
#include "wire/events.hpp"

namespace rollcall::calls {

extern const Call kCheckUserStatus, kCheckUsersStatus, kGetOnlineUsers, kHeartbeat, kSubscribePresence,
    kUnsubscribePresence, kRefreshToken, kCountOnline;

// Metrics list them in this order.
inline constexpr std::array kClientCalls = {
    &kCheckUserStatus,   &kCheckUsersStatus,    &kGetOnlineUsers, &kHeartbeat,
    &kSubscribePresence, &kUnsubscribePresence, &kRefreshToken,
};
inline constexpr std::array kBackendCalls = {&kCountOnline};

// The events that the server sends on its own initiative.
inline constexpr std::array kServerEvents = {wire::kConnectedEvent,   wire::kUserOnlineEvent,
                                             wire::kUserOfflineEvent, wire::kPresenceModeEvent,
                                             wire::kExceptionEvent,   wire::kAuthenticationErrorEvent};

// All that have a route.
std::vector<const Call*> of_backends();
// The index in kClientCalls of the call with that event; kClientCalls.size() for none.
std::size_t find_event(std::string_view event);
wire::Error unknown_event(std::string_view event);

// `args_json`: the event's arguments as JSON texts joined by commas, maybe none. The first one is the
// payload, the rest is ignored. `attachments`: how many binary ones came with it; no call takes any.
// The request is kept in `memory`, which must outlive it.
Result<RequestPtr, wire::Error> decode(const Call& call, std::string_view args_json, std::size_t attachments,
                                       const Limits& limits,
                                       std::pmr::memory_resource* memory = std::pmr::get_default_resource());

// True of the events that presence sends: kServerEvents, and all replies.
bool is_own_event(std::string_view name);

}  // namespace rollcall::calls
