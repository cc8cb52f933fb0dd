// The values of an enum as indices of an array: how many there are, and their names.
//
// The only list of them is the enum's `name_of`: a constexpr switch over all values (-Wswitch finds a missing
// one) that returns "" for any other number. The values must be 0, 1, 2 and so on.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace rollcall::base {

template <class Kind>
consteval std::size_t count_kinds() {
  constexpr std::size_t kMost = 64;
  const auto exists = [](std::size_t value) {
    return !std::string_view(name_of(static_cast<Kind>(value))).empty();
  };
  std::size_t count = 0;
  while (exists(count)) ++count;
  for (std::size_t value = count; value < kMost; ++value) {
    if (exists(value)) throw "the values of this enum have a gap";
  }
  return count;
}

template <class Kind>
inline constexpr std::size_t kKinds = count_kinds<Kind>();

template <class Kind>
inline constexpr std::array<std::string_view, kKinds<Kind>> kKindNames = [] {
  std::array<std::string_view, kKinds<Kind>> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = name_of(static_cast<Kind>(i));
  return names;
}();

}  // namespace rollcall::base
