#include "socketio/offsets.hpp"

#include <algorithm>
#include <charconv>

namespace rollcall::socketio {
namespace {

constexpr std::size_t kPrefixChars = 1 + Offsets::kEpochChars + 1;

bool looks_like_an_offset(std::string_view text) {
  return text.size() > kPrefixChars && text[0] == '~' && text[kPrefixChars - 1] == ':';
}

}  // namespace

std::string Offsets::text(std::uint64_t number) const {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, 36).ptr;
  return std::string(prefix_).append(digits, end);
}

std::optional<std::uint64_t> Offsets::seen(std::optional<std::string_view> offset, std::uint64_t floor,
                                           std::uint64_t last) const {
  if (!offset) return floor;
  if (!looks_like_an_offset(*offset)) return std::nullopt;
  if (!offset->starts_with(prefix_)) return floor;  // of another start
  std::uint64_t number = 0;
  const auto parsed =
      std::from_chars(offset->data() + prefix_.size(), offset->data() + offset->size(), number, 36);
  if (parsed.ec != std::errc{} || text(number) != *offset || number > last) return std::nullopt;
  return std::max(number, floor);
}

}  // namespace rollcall::socketio
