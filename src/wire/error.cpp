#include "wire/error.hpp"

#include "wire/object_writer.hpp"

namespace rollcall::wire {

Error error_of(presence::CursorFault) {
  return {ErrorCode::invalid_payload, "cursor must be a nextCursor that this server gave", "cursor"};
}

Failure<Error> invalid(std::string field, std::string_view reason) {
  std::string message = field;
  message.append(field.empty() ? "" : " ").append(reason);
  return fail(Error{ErrorCode::invalid_payload, std::move(message), std::move(field)});
}

std::string to_json(const Error& error) {
  std::string json;
  ObjectWriter(json)
      .raw("status", "\"error\"")
      .text("code", std::string_view(name_of(error.code)))
      .text("message", std::string_view(error.message));
  return json;
}

}  // namespace rollcall::wire
