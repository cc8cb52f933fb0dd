// A place in the log of a partition: the epoch, then the number of the entry in it. Also the id of the entry
// in its Redis stream ("7-150"). A new epoch begins when Redis may have lost entries, so numbers of different
// epochs say nothing about each other.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::cluster {

struct Position {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;

  Position next() const { return {epoch, number + 1}; }
  auto operator<=>(const Position&) const = default;
};

std::string text_of(Position position);
// Absent unless `text` is what `text_of` writes: two decimal numbers of 64 bits, without a sign or leading
// zeros.
std::optional<Position> parse_position(std::string_view text);

}  // namespace rollcall::cluster
