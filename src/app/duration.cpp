#include "app/duration.hpp"

#include <charconv>
#include <cstdint>

namespace rollcall::app {
namespace {

std::int64_t seconds_in(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 24 * 3600;
  return 0;
}

}  // namespace

std::optional<seconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  const std::int64_t unit = seconds_in({stop, static_cast<std::size_t>(end - stop)});
  if (text.empty() || error != std::errc() || unit == 0) return std::nullopt;
  if (count < 1 || count > kMaxDuration.count() / unit) return std::nullopt;
  return seconds{count * unit};
}

}  // namespace rollcall::app
