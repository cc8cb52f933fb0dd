// What the server says, as JSON texts (docs/protocol.md, "Requests" and
// "Broadcasts"): the `data` of every reply and event, and the envelopes of acknowledgements. Called by the
// gateway; each text is written once and shared by all who get it.
//
// Pure and thread-safe. Keys stand in the order of docs/protocol.md; strings are escaped, times are
// ISO-8601, what is not known is null. Sizes are bounded by what is given.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/requests.hpp"
#include "presence/types.hpp"
#include "rollcall/time.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall::api {

inline constexpr std::string_view kConnectedEvent = "connected";
inline constexpr std::string_view kUserOnlineEvent = "user-online";
inline constexpr std::string_view kUserOfflineEvent = "user-offline";
inline constexpr std::string_view kPresenceModeEvent = "presence-mode";
inline constexpr std::string_view kExceptionEvent = "exception";
inline constexpr std::string_view kAuthenticationErrorEvent = "authentication_error";
// True of the events that presence sends: those above, and all replies.
bool is_own_event(std::string_view name);

// The event that answers the request if no acknowledgement was asked for.
const char* reply_event(const Request& request);

// Those that take `out` append to it and return it: they may be long, and follow an envelope's beginning.
std::string user_status(std::string_view user_id, const presence::State& status, WallTime now,
                        std::string out = {});
// Also the data of `presence-subscribed`. As many statuses as ids.
std::string users_status(std::span<const UserId> user_ids, std::span<const presence::State> statuses,
                         WallTime now, std::string out = {});
// `users`: a JSON array of append_online_user's.
std::string online_users(std::string_view users, std::size_t count,
                         const std::optional<std::string>& next_cursor, WallTime now, std::string out = {});
void append_online_user(std::string& out, std::string_view user_id, std::optional<std::string_view> email,
                        std::optional<std::string_view> role, WallTime connected_at, WallTime last_active);
// The last thing that append_online_user writes, this many bytes, so that it can be brought up to date.
std::string online_user_end(WallTime last_active);
inline constexpr std::size_t kOnlineUserEndBytes = 27;
std::string heartbeat_ack(WallTime now, WallTime last_active, std::string out = {});
std::string presence_unsubscribed(std::size_t count, WallTime now);
std::string token_refreshed(std::optional<WallTime> expires_at, WallTime now);

// `settling`: how long yet users may need to come back after the start; told unless it is 0.
std::string connected(std::string_view user_id, std::string_view socket_id, WallTime now, bool recovered,
                      milliseconds settling = {});
// The event that tells of it; empty: none does.
std::string_view event_of(presence::Edge edge);
std::string user_changed(const presence::UserChanged& change);
// `window`: on which changes are collected before they are told; 0: told at once.
std::string presence_mode(milliseconds window, WallTime now);
const char* name_of_mode(milliseconds window);

// {"status":"ok","event":...,"data": - then comes the data, and kAckOkEnd.
std::string begin_ack_ok(std::string_view reply_event, std::string out = {});
inline constexpr char kAckOkEnd = '}';
// {"status":"error","code":...,"message":...}: the acknowledgement, and the data of `exception`.
std::string error(const Error& error);

// By HTTP only.
std::string online_count(std::size_t count, WallTime now);
// `delivered`: to how many connections.
std::string emitted(std::size_t delivered, bool online);
// `online`: how many of the users.
std::string emitted_to_many(std::size_t delivered, std::size_t online);
struct Stats {
  std::string_view version;
  WallTime started_at{};
  std::size_t online = 0;       // users
  std::size_t connections = 0;  // of users
  std::size_t polling = 0;      // sessions by transport, those not authenticated yet among them
  std::size_t websocket = 0;
  std::size_t workers = 0;
  bool ready = false;           // not draining
  std::size_t went_online = 0;  // since the start
  std::size_t went_offline = 0;
  std::size_t feed_readers = 0;
  milliseconds settling{0};  // how long yet users may need to come back after the start; told unless it is 0
};
std::string stats(const Stats& stats, WallTime now);

const char* name_of(AuthCode code);  // "MISSING_AUTH_TOKEN"
// The `data` of a CONNECT_ERROR and of `authentication_error`.
std::string auth_error_data(std::string_view code, std::string_view details, WallTime now);

}  // namespace rollcall::api
