// A count with its noun, for people: "1 user", "2 users". Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rollcall::base {

// `what`: a noun whose plural adds an s.
inline std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count).append(" ").append(what).append(count == 1 ? "" : "s");
}

}  // namespace rollcall::base
