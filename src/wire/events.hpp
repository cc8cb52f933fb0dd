// The events that the server sends on its own initiative, as JSON (docs/protocol.md, "Broadcasts"), and the
// envelope of acknowledgements. Each text is written once and shared by all its receivers.
//
// Pure and thread-safe. Keys are in the order of docs/protocol.md; strings are escaped, times are ISO-8601,
// unknown values are null. A text is only as long as its arguments require.
#pragma once

#include <string>
#include <string_view>

#include "presence/types.hpp"
#include "rollcall/time.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall::wire {

inline constexpr std::string_view kConnectedEvent = "connected";
inline constexpr std::string_view kUserOnlineEvent = "user-online";
inline constexpr std::string_view kUserOfflineEvent = "user-offline";
inline constexpr std::string_view kPresenceModeEvent = "presence-mode";
inline constexpr std::string_view kExceptionEvent = "exception";
inline constexpr std::string_view kAuthenticationErrorEvent = "authentication_error";

// `settling`: after a start, how much longer users may need to return; left out if 0.
std::string connected(std::string_view user_id, std::string_view socket_id, WallTime now, bool recovered,
                      milliseconds settling = {});
// The event that announces such a change; empty if none does.
std::string_view event_of(presence::Edge edge);
std::string user_changed(const presence::UserChanged& change);
// `window`: how long changes are collected before they are told; 0: told at once.
std::string presence_mode(milliseconds window, WallTime now);
const char* name_of_mode(milliseconds window);

// {"status":"ok","event":...,"data": - then comes the data, and kAckOkEnd.
std::string begin_ack_ok(std::string_view reply_event, std::string out = {});
inline constexpr char kAckOkEnd = '}';

constexpr const char* name_of(AuthCode code) {
  switch (code) {
    case AuthCode::missing_token:
      return "MISSING_AUTH_TOKEN";
    case AuthCode::invalid_token:
      return "INVALID_TOKEN";
    case AuthCode::token_expired:
      return "TOKEN_EXPIRED";
  }
  return "";
}
// The `data` of a CONNECT_ERROR and of `authentication_error`.
std::string auth_error_data(std::string_view code, std::string_view details, WallTime now);

}  // namespace rollcall::wire
