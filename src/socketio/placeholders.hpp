// Where the arguments of an event name its attachments.
//
// Called by parse_packet and by whatever sends. Thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace rollcall::socketio {

// True if every placeholder, `{"_placeholder":true,"num":N}`, names one of `attachments`: N is 0 or more
// and less. `json` must have been scanned: one value, or several with commas in between.
bool placeholders_fit(std::string_view json, std::size_t attachments);

}  // namespace rollcall::socketio
