// One life of a node, from its start to its end: eight random bytes, chosen at its start. A node that was
// declared gone, but lives, goes on as a new incarnation.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::cluster {

struct Incarnation {
  std::uint64_t value = 0;

  auto operator<=>(const Incarnation&) const = default;
};

// Sixteen hexadecimal digits in lower case, as in the keys in Redis.
std::string text_of(Incarnation incarnation);
// Absent unless `text` is what `text_of` writes.
std::optional<Incarnation> parse_incarnation(std::string_view text);

}  // namespace rollcall::cluster
