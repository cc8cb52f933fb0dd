// Why a request is refused, over a socket or HTTP (docs/protocol.md, "Errors").
//
// Plain values; thread-safe. A message names the field and the reason. It quotes nothing the client sent
// except a number or a short event name, so it stays short and never contains a token.
#pragma once

#include <string>

#include "presence/types.hpp"
#include "rollcall/result.hpp"

namespace rollcall::wire {

enum class ErrorCode { invalid_payload, too_many_users, rate_limited, unknown_event, forbidden, internal };
constexpr const char* name_of(ErrorCode code) {
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
  return "";
}

struct Error {
  ErrorCode code;
  std::string message;     // for the client's developer
  std::string field = {};  // the offending field, if there is one
};
Error error_of(presence::CursorFault fault);
// "<field> <reason>"; without a field the reason alone.
Failure<Error> invalid(std::string field, std::string_view reason);

// {"status":"error","code":...,"message":...}: an acknowledgement, and the data of `exception`.
std::string to_json(const Error& error);

}  // namespace rollcall::wire
