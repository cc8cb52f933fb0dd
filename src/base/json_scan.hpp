// A strict RFC 8259 scanner that builds no values. Applications' payloads (from clients, the HTTP API or C++)
// pass through unchanged, so all we need to know is that they are valid JSON and where each value
// ends.
//
// Accepts escaped lone surrogates ("\ud800"), like JSON.parse and JSON.stringify. UTF-8 is not checked.
// Recursion is bounded by kMaxJsonDepth. Functions without state: safe from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::base {

inline constexpr std::size_t kMaxJsonDepth = 64;

// The end of the value that begins at `from` (white space before it is skipped); nullopt if there is none.
std::optional<std::size_t> scan_value(std::string_view text, std::size_t from);

// True if `text` is one value, or several separated by commas, and nothing else.
bool scan_values(std::string_view text);

// Where a text stops being JSON.
struct JsonFault {
  std::size_t at = 0;     // bytes from its beginning
  bool too_deep = false;  // it may be JSON, but is nested deeper than kMaxJsonDepth
};
// Calls `use` with the raw name and value of each member of the object `text`, including those before a
// syntax error. Names may repeat.
std::optional<JsonFault> scan_members(std::string_view text,
                                      const std::function<void(std::string_view, std::string_view)>& use);

// True if `text` is one array and nothing else; `elements` gets the raw text of each.
bool scan_array(std::string_view text, std::vector<std::string_view>& elements);

struct ArrayText {
  std::string_view first;  // empty if there are no elements
  std::string_view rest;   // from the second element to the end of the last, as it stands
  std::string_view all;    // from the first element
};
// The same without a list of the elements, whose number a peer controls; nullopt if it is not an array.
std::optional<ArrayText> split_array(std::string_view text);

// True if `text` is one object and nothing else.
bool scan_object(std::string_view text);

// The content of a quoted JSON string, if it has no escapes.
std::optional<std::string_view> plain_string(std::string_view raw);
// The content of a quoted JSON string; lone surrogates become U+FFFD. `raw` must have been scanned
// before.
std::string decode_string(std::string_view raw);

}  // namespace rollcall::base
