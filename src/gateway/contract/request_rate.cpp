#include "gateway/contract/request_rate.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace rollcall::gateway {
namespace {

// This many ids, or this much text, costs as much as one request.
constexpr float kIdsOfOne = 100;
constexpr float kBytesOfOne = 4096;

wire::Error too_many(milliseconds wait, std::uint32_t per_second, std::string_view whose) {
  return {wire::ErrorCode::rate_limited,
          "More than " + std::to_string(per_second) + " events a second " + std::string(whose) +
              " (each 100 ids count as one more): this one was not served. Send it again in " +
              std::to_string(wait.count()) + " ms"};
}

}  // namespace

std::optional<wire::Error> RequestRate::take(Instant now) {
  if (!connection_.take(rates_.connection, rates_.connection_burst, now)) {
    return too_many(connection_.wait(rates_.connection), rates_.connection, "on this connection");
  }
  if (!user_.take(rates_.user, rates_.user_burst, now)) {
    return too_many(user_.wait(rates_.user), rates_.user, "on this user's connections together");
  }
  return std::nullopt;
}

void RequestRate::charge(std::size_t ids, std::size_t bytes) {
  const float more = std::max(static_cast<float>(ids) / kIdsOfOne, static_cast<float>(bytes) / kBytesOfOne);
  if (more < 1) return;
  connection_.charge(static_cast<std::uint32_t>(more));
  user_.charge(static_cast<std::uint32_t>(more));
}

}  // namespace rollcall::gateway
