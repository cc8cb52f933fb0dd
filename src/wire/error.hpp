// Why a request is refused, whoever made it and by whatever means (docs/protocol.md, "Errors").
//
// Plain values; thread-safe. A message names the field and the reason. Of what the client sent it repeats a
// number or a short event name at most: it stays short and never holds a token.
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
  std::string field = {};  // the one to blame, if it is one
};
Error error_of(presence::CursorFault fault);
// "<field> <reason>"; without a field the reason alone.
Failure<Error> invalid(std::string field, std::string_view reason);

// {"status":"error","code":...,"message":...}: an acknowledgement, and the data of `exception`.
std::string to_json(const Error& error);

}  // namespace rollcall::wire
