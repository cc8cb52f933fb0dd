// How many requests a connection, and a user, may send: by what they cost, not by their number alone.
#include <algorithm>

#include "gateway/member.hpp"
#include "gateway/presence_gateway.hpp"
#include "server/bus_port.hpp"

namespace rollcall::gateway {
namespace {

// So many ids, or so much text of a request, cost as much as one request.
constexpr float kIdsOfOne = 100;
constexpr float kBytesOfOne = 4096;

std::size_t ids_in(const api::Request& request, const PresenceAnswers::Reading& reading) {
  if (const auto* many = std::get_if<api::CheckUsersStatus>(&request)) return many->user_ids.size();
  if (const auto* watch = std::get_if<api::SubscribePresence>(&request)) return watch->user_ids.size();
  if (const auto* unwatch = std::get_if<api::UnsubscribePresence>(&request)) return unwatch->user_ids.size();
  if (const auto* list = std::get_if<OnlineListPage>(&reading)) return list->listed;
  const auto* page = std::get_if<Result<presence::OnlinePage, presence::CursorFault>>(&reading);
  return page && *page ? (**page).users.size() : 0;
}

api::Error too_many(milliseconds wait, std::uint32_t per_second, std::string_view whose) {
  return {api::ErrorCode::rate_limited,
          "More than " + std::to_string(per_second) + " events a second " + std::string(whose) +
              " (each 100 ids count as one more): this one was not served. Send it again in " +
              std::to_string(wait.count()) + " ms"};
}

}  // namespace

UserBudget PresenceGateway::user_budget(Socket& socket) {
  const LimitSettings& limits = rules_.get().limits;
  if (limits.user_events_per_second == 0 || limits.events_per_second == 0) return {};
  return budgets_.of(socket.owner(), limits.user_events_per_second, limits.user_event_burst, server_.now());
}

std::optional<api::Error> PresenceGateway::take_one(Member& member, UserBudget& shared) {
  const LimitSettings& limits = rules_.get().limits;
  const Instant now = server_.now();
  if (!member.rate.take(limits.events_per_second, limits.event_burst, now)) {
    return too_many(member.rate.wait(limits.events_per_second), limits.events_per_second,
                    "on this connection");
  }
  if (!shared.take(limits.user_events_per_second, limits.user_event_burst, now)) {
    return too_many(shared.wait(limits.user_events_per_second), limits.user_events_per_second,
                    "on this user's connections together");
  }
  return std::nullopt;
}

void PresenceGateway::charge(Member& member, UserBudget& shared, const Payload& payload,
                             const api::Request* request, const PresenceAnswers::Reading& reading) {
  const float ids = request ? static_cast<float>(ids_in(*request, reading)) : 0;
  const float more = std::max(ids / kIdsOfOne, static_cast<float>(payload.args.size()) / kBytesOfOne);
  if (more < 1) return;
  member.rate.charge(static_cast<std::uint32_t>(more));
  shared.charge(static_cast<std::uint32_t>(more));
}

}  // namespace rollcall::gateway
