// A strict RFC 8259 scanner that builds nothing: event arguments pass through byte by byte, so all that
// is needed is that they are JSON, where each ends, and which attachments they name.
//
// Unlike Boost.JSON it takes escaped lone surrogates ("\ud800"), as JSON.parse and JSON.stringify do.
// UTF-8 is the transport's business. Depth is bounded by kMaxJsonDepth.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::socketio {

inline constexpr std::size_t kMaxJsonDepth = 64;

// The end of the value that begins at `from` (white space before it is skipped); nullopt if there is none.
std::optional<std::size_t> scan_value(std::string_view text, std::size_t from);

// True if `text` is one array and nothing else; `elements` gets the raw text of each.
bool scan_array(std::string_view text, std::vector<std::string_view>& elements);
// True if `text` is one object and nothing else.
bool scan_object(std::string_view text);

// The text of a JSON string given with its quotes; lone surrogates become U+FFFD. `raw` must have been
// scanned.
std::string decode_string(std::string_view raw);

// True if every placeholder in the scanned values names one of `attachments`.
bool placeholders_fit(std::string_view json, std::size_t attachments);

}  // namespace rollcall::socketio
