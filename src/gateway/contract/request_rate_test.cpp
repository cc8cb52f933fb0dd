#include "gateway/contract/request_rate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::gateway {
namespace {

using testing::HasSubstr;

constexpr Instant kAskedAt{seconds(100)};

LimitSettings limits(std::uint32_t connection, std::uint32_t user) {
  LimitSettings settings;
  settings.events_per_second = settings.event_burst = connection;
  settings.user_events_per_second = settings.user_event_burst = user;
  return settings;
}

// A user with one connection.
class Asker {
 public:
  explicit Asker(const LimitSettings& settings)
      : rates_(settings), connection_(rates_.connection_burst, kAskedAt) {}

  // What is said to one more event; empty: it is served. It costs by its ids and bytes.
  std::string ask(Instant now, std::size_t ids = 0, std::size_t bytes = 0) {
    RequestRate rate(
        rates_, connection_,
        rates_.user == 0 ? UserBudget() : budgets_.of("ann", rates_.user, rates_.user_burst, now));
    if (const auto refusal = rate.take(now)) {
      EXPECT_EQ(refusal->code, wire::ErrorCode::rate_limited);
      return refusal->message;
    }
    rate.charge(ids, bytes);
    return {};
  }
  std::size_t served_of(std::size_t events, std::size_t ids = 0, std::size_t bytes = 0) {
    std::size_t served = 0;
    for (std::size_t i = 0; i < events; ++i) served += ask(kAskedAt, ids, bytes).empty() ? 1 : 0;
    return served;
  }

 private:
  EventRates rates_;
  RateLimit connection_;
  UserBudgets budgets_{7};
};

TEST(RequestRate, ServesABurstAndSaysWhenToSendTheNextOneAgain) {
  Asker asker(limits(10, 0));
  EXPECT_EQ(asker.served_of(10), 10U);
  const std::string refusal = asker.ask(kAskedAt);
  EXPECT_THAT(refusal, HasSubstr("More than 10 events a second on this connection"));
  EXPECT_THAT(refusal, HasSubstr("Send it again in 101 ms"));
  EXPECT_EQ(asker.ask(kAskedAt + milliseconds(101)), "");
}

TEST(RequestRate, ServesNoMoreThanTheUserMayAskOnAllConnections) {
  Asker asker(limits(100, 4));
  EXPECT_EQ(asker.served_of(10), 4U);
  EXPECT_THAT(asker.ask(kAskedAt),
              HasSubstr("More than 4 events a second on this user's connections together"));
}

TEST(RequestRate, CountsEach100IdsAndEach4096BytesAsOneMore) {
  EXPECT_EQ(Asker(limits(10, 0)).served_of(10, 99), 10U);
  EXPECT_EQ(Asker(limits(10, 0)).served_of(10, 100), 5U);
  EXPECT_EQ(Asker(limits(10, 0)).served_of(10, 0, 2 * 4096), 4U);
  EXPECT_EQ(Asker(limits(100, 10)).served_of(100, 400), 2U);
}

TEST(RequestRate, HasNoLimitForAUserWhereConnectionsHaveNone) {
  EXPECT_EQ(Asker(limits(0, 1)).served_of(100), 100U);
}

}  // namespace
}  // namespace rollcall::gateway
