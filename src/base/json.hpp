// JSON at the edges: Boost.JSON with bounded depth and errors that can be shown to a person.
//
// Texts come from peers, so nothing here throws. Event arguments that only pass through are never
// parsed into values: see base/json_scan.hpp.
#pragma once

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::base::json {

using boost::json::array;
using boost::json::object;
using boost::json::serialize;
using boost::json::value;

inline constexpr std::size_t kMaxDepth = 32;

// Stack memory for a value that does not outlive the function. Enough for most texts; longer ones continue on
// the heap.
template <std::size_t kBytes = 4096>
class Scratch {
 public:
  Scratch() : resource_(memory_.data(), memory_.size()) {}
  boost::json::storage_ptr memory() { return &resource_; }

 private:
  std::array<unsigned char, kBytes> memory_;
  boost::json::monotonic_resource resource_;
};

// Parses one JSON text. The error is a reason without position or quotation ("incomplete JSON"). The value
// is allocated from `memory`, by default the heap.
//
// A lone-surrogate escape ("\ud83d" where an emoji was cut in two) is valid JSON but not representable in
// UTF-8, so it becomes U+FFFD. `halves` tells whether there was one: an id must not be changed like that.
Result<value, std::string> parse(std::string_view text, const boost::json::storage_ptr& memory = {},
                                 bool* halves = nullptr);

// Appends `utf8` as a JSON string, quotes included; control characters are escaped (0x1e among them,
// which would break Engine.IO's payloads), bytes that are not UTF-8 become U+FFFD.
void append_string(std::string& out, std::string_view utf8);
std::string quote(std::string_view utf8);

}  // namespace rollcall::base::json
