// What the server says unasked, as JSON texts (docs/protocol.md, "Broadcasts"), and the envelope of
// acknowledgements. Each text is written once and shared by all who get it.
//
// Pure and thread-safe. Keys stand in the order of docs/protocol.md; strings are escaped, times are
// ISO-8601, what is not known is null. Sizes are bounded by what is given.
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
