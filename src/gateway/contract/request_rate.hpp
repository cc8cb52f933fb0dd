// Limits the events of a connection and of a user, by what they cost and not only by their number.
//
// One object for each event being handled, on its worker's thread. Pure: time is an argument.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/contract/rate_limit.hpp"
#include "gateway/contract/user_budgets.hpp"
#include "rollcall/config.hpp"
#include "rollcall/time.hpp"
#include "wire/error.hpp"

namespace rollcall::gateway {

// Events a second; 0: no limit.
struct EventRates {
  explicit EventRates(const LimitSettings& limits)
      : connection(limits.events_per_second),
        connection_burst(limits.event_burst),
        user(limits.events_per_second == 0 ? 0 : limits.user_events_per_second),
        user_burst(limits.user_event_burst) {}

  std::uint32_t connection;
  std::uint32_t connection_burst;
  std::uint32_t user;  // on all connections together; 0 if a connection has no limit either
  std::uint32_t user_burst;
};

class RequestRate {
 public:
  // `user`: the budget of all connections of the user, if that has a limit.
  RequestRate(const EventRates& rates, RateLimit& connection, UserBudget user)
      : rates_(rates), connection_(connection), user_(user) {}

  // The error if the event is over the rate; nothing if it may be served.
  std::optional<wire::Error> take(Instant now);
  // What it costs beyond one event.
  void charge(std::size_t ids, std::size_t bytes);

 private:
  const EventRates& rates_;
  RateLimit& connection_;
  UserBudget user_;
};

}  // namespace rollcall::gateway
