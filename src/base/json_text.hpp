// Finds the first character of a JSON string that needs attention, eight characters at a time: ids and names
// are read and written by the thousand.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace rollcall::base {

enum class HighBytes { plain, special };  // those above 127: parts of UTF-8 characters

// The number of characters at the start of `text` that are neither control characters nor '"' nor '\'.
template <HighBytes kHighBytes>
std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = kOnes * 0x80;
  // Has its top bit set in every byte that is zero, or (falsely, but harmlessly) above one that is.
  const auto zeros = [](std::uint64_t word) { return (word - kOnes) & ~word & kTops; };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    const std::uint64_t controls = (word - kOnes * 0x20) & ~word & kTops;
    std::uint64_t special = controls | zeros(word ^ kOnes * '"') | zeros(word ^ kOnes * '\\');
    if (kHighBytes == HighBytes::special) special |= word & kTops;
    if (special) break;
  }
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == '"' || byte == '\\') break;
    if (kHighBytes == HighBytes::special && byte >= 0x80) break;
  }
  return at;
}

}  // namespace rollcall::base
