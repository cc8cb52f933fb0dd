#include "cluster/position.hpp"

#include <charconv>

namespace rollcall::cluster {
namespace {

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string text_of(Position position) {
  return std::to_string(position.epoch) + '-' + std::to_string(position.number);
}

std::optional<Position> parse_position(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto epoch = parse_decimal(text.substr(0, dash));
  const auto number = parse_decimal(text.substr(dash + 1));
  if (!epoch || !number) return std::nullopt;
  return Position{*epoch, *number};
}

}  // namespace rollcall::cluster
