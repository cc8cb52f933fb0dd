// A request's payload: one JSON object, or nothing where it may be left out.
#pragma once

#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

#include "wire/fields.hpp"

namespace rollcall::calls {

inline constexpr std::size_t kPayloadMemory = 12 * 1024;  // a hundred ids

// Parses `text` and returns what `read` makes of its fields, or the parse error. Ids are stored in `memory`.
template <class Read>
auto with_payload(std::string_view text, bool optional, std::pmr::memory_resource* memory, Read&& read)
    -> decltype(read(wire::Fields{})) {
  if (text.empty() && optional) return read(wire::Fields{nullptr, memory});
  base::json::Scratch<kPayloadMemory> scratch;
  std::optional<base::json::value> payload;
  bool halves = false;
  if (!text.empty()) {
    auto parsed = base::json::parse(text, scratch.memory(), &halves);
    if (!parsed) return wire::invalid({}, "the payload is not valid JSON: " + parsed.error());
    payload = std::move(*parsed);
  }
  const base::json::value* value = payload ? &*payload : nullptr;
  if (value && value->is_object()) return read(wire::Fields{&value->as_object(), memory, halves});
  if (wire::is_nothing(value) && optional) return read(wire::Fields{nullptr, memory});
  return wire::invalid({}, std::string("the payload must be an object") + (optional ? " or nothing" : "") +
                               ", got " + wire::described(value));
}

}  // namespace rollcall::calls
