#include "base/log_throttle.hpp"

#include <algorithm>

namespace rollcall::base {
namespace {

constexpr std::string_view kOthers = "other events";  // beyond kMaxKinds

}  // namespace

LogThrottle::Kind& LogThrottle::kind_of(std::string_view event, std::string_view code, Instant now) {
  const auto same = [&](const Kind& kind) { return kind.event == event && kind.code == code; };
  if (const auto known = std::find_if(kinds_.begin(), kinds_.end(), same); known != kinds_.end()) {
    return *known;
  }
  if (kinds_.size() + 1 < kMaxKinds) {
    return kinds_.emplace_back(Kind{std::string(event), std::string(code), now});
  }
  // The last place is for all the others.
  if (kinds_.size() < kMaxKinds) return kinds_.emplace_back(Kind{std::string(kOthers), "", now});
  return kinds_.back();
}

bool LogThrottle::admit(std::string_view event, std::string_view code, unsigned level, Instant now) {
  Kind& kind = kind_of(event, code, now);
  kind.level = std::max(kind.level, level);
  return ++kind.seen <= kLinesEach;
}

// A kind whose interval has expired is forgotten, so its next occurrence starts a new interval.
template <class Over>
std::vector<LogThrottle::Summary> LogThrottle::take(Instant now, Over over) {
  std::vector<Summary> summaries;
  std::erase_if(kinds_, [&](Kind& kind) {
    if (!over(kind)) return false;
    if (kind.seen > kLinesEach) {
      const seconds since = std::chrono::ceil<seconds>(now - kind.begun);
      summaries.push_back({std::move(kind.event), std::move(kind.code), kind.seen - kLinesEach,
                           std::max(since, seconds(1)), kind.level});
    }
    return true;
  });
  return summaries;
}

std::vector<LogThrottle::Summary> LogThrottle::take_due(Instant now) {
  const auto is_over = [&](const Kind& kind) { return now - kind.begun >= kInterval; };
  return take(now, is_over);
}

std::vector<LogThrottle::Summary> LogThrottle::take_all(Instant now) {
  return take(now, [](const Kind&) { return true; });
}

}  // namespace rollcall::base
