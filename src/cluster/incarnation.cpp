#include "cluster/incarnation.hpp"

namespace rollcall::cluster {
namespace {
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kDigits = 16;
}  // namespace

std::string text_of(Incarnation incarnation) {
  std::string text(kDigits, '0');
  std::uint64_t rest = incarnation.value;
  for (std::size_t i = kDigits; i-- > 0; rest >>= 4) text[i] = kHexDigits[rest & 0xF];
  return text;
}

std::optional<Incarnation> parse_incarnation(std::string_view text) {
  if (text.size() != kDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : text) {
    const std::size_t found = kHexDigits.find(digit);
    if (found == std::string_view::npos) return std::nullopt;
    value = value << 4 | found;
  }
  return Incarnation{value};
}

}  // namespace rollcall::cluster
