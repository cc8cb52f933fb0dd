// What the server says, as JSON texts (contract, "Events from the client" and "Events from the
// server"): the `data` of every reply and event, and the envelopes of acknowledgements. Called by the
// gateway; each text is written once and shared by all who get it.
//
// Pure and thread-safe. Keys stand in the order of the contract; strings are escaped, times are
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
inline constexpr std::string_view kExceptionEvent = "exception";
inline constexpr std::string_view kAuthenticationErrorEvent = "authentication_error";

// The event that answers the request if no acknowledgement was asked for.
const char* reply_event(const Request& request);

std::string user_status(const presence::Status& status, WallTime now);
// Also the data of `presence-subscribed`.
std::string users_status(std::span<const presence::Status> statuses, WallTime now);
std::string online_users(const presence::OnlinePage& page, WallTime now);
std::string heartbeat_ack(WallTime now, WallTime last_active);
std::string presence_unsubscribed(std::size_t count, WallTime now);
std::string token_refreshed(std::optional<WallTime> expires_at, WallTime now);

std::string connected(std::string_view user_id, std::string_view socket_id, WallTime now, bool recovered);
std::string user_online(const presence::UserOnline& effect);
std::string user_offline(const presence::UserOffline& effect);

// {"status":"ok","event":...,"data":...}
std::string ack_ok(std::string_view reply_event, std::string_view data_json);
// {"status":"error","code":...,"message":...}: the acknowledgement, and the data of `exception`.
std::string error(const Error& error);

const char* name_of(AuthCode code);  // "MISSING_AUTH_TOKEN"
// The `data` of a CONNECT_ERROR and of `authentication_error`.
std::string auth_error_data(std::string_view code, std::string_view details, WallTime now);

}  // namespace rollcall::api
