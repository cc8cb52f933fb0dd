// A strict RFC 8259 scanner that builds nothing: event arguments pass through byte by byte, so all that
// is needed is that they are JSON, where each ends, and which attachments they name.
//
// Unlike Boost.JSON it takes escaped lone surrogates ("\ud800"), as JSON.parse and JSON.stringify do.
// UTF-8 is the transport's business. Called by parse_packet (protocol notes, section 5). Recursion is
// bounded by kMaxJsonDepth. Functions without state: safe from any thread.
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

struct ArrayText {
  std::string_view first;  // empty if there are no elements
  std::string_view rest;   // from the second element to the end of the last, as it stands
  std::string_view all;    // from the first element
};
// The same without a list of the elements, of which a peer may send very many; nullopt if it is no array.
std::optional<ArrayText> split_array(std::string_view text);

// True if `text` is one object and nothing else.
bool scan_object(std::string_view text);

// The text of a JSON string given with its quotes, if it has no escapes.
std::optional<std::string_view> plain_string(std::string_view raw);
// The text of a JSON string given with its quotes; lone surrogates become U+FFFD. `raw` must have been
// scanned.
std::string decode_string(std::string_view raw);

// True if every placeholder, `{"_placeholder":true,"num":N}`, names one of `attachments`: N is 0 or more
// and less. `json` must have been scanned.
bool placeholders_fit(std::string_view json, std::size_t attachments);

}  // namespace rollcall::socketio
