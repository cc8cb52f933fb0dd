// Just enough JSON to write an event's payload without a JSON library:
//
//   gateway.to(user).emit("notification", "{\"message\":" + rollcall::json_quote(text) + "}");
//
// Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// The text as a JSON string, quotation marks included. Bytes that are not UTF-8 become U+FFFD.
std::string json_quote(std::string_view utf8);

}  // namespace rollcall
