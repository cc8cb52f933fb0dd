// What the presence server counts, each thing provoked.
#include "gateway/gateway_counters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/test_gateway.hpp"

namespace rollcall::gateway {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kNobodysToken = R"({"token":"bad"})";

std::uint64_t of(const std::vector<server::NamedCount>& row, std::string_view name) {
  const auto found =
      std::find_if(row.begin(), row.end(), [&](const auto& count) { return count.name == name; });
  EXPECT_NE(found, row.end()) << name;
  return found == row.end() ? 0 : found->count;
}

std::uint64_t sum(const std::vector<server::NamedCount>& row) {
  std::uint64_t all = 0;
  for (const auto& count : row) all += count.count;
  return all;
}

std::uint64_t requests(const PresenceFigures& figures, std::string_view event) {
  for (const auto& known : figures.requests) {
    if (known.name == event) return known.durations.count();
  }
  ADD_FAILURE() << event;
  return 0;
}

class GatewayCountersTest : public testing::Test {
 protected:
  PresenceFigures figures(PresenceHost& host) {
    host.host.settle();
    return host.gateway.figures();
  }
  static std::string refused(PresenceHost& host, const std::string& auth) {
    Client client(host.host.address(), By::websocket);
    return client.connect("/", auth);
  }
};

TEST_F(GatewayCountersTest, CountRefusedConnectionsByCode) {
  Config config = plain_config();
  config.limits.connections_per_user = 1;
  PresenceHost host(config);
  EXPECT_THAT(refused(host, ""), HasSubstr("MISSING_AUTH_TOKEN"));
  EXPECT_THAT(refused(host, kNobodysToken), HasSubstr("INVALID_TOKEN"));
  EXPECT_THAT(refused(host, kNobodysToken), HasSubstr("INVALID_TOKEN"));
  EXPECT_THAT(refused(host, R"({"token":"ann@1"})"), HasSubstr("TOKEN_EXPIRED"));
  Client ann = host.user("ann");
  EXPECT_THAT(refused(host, R"({"token":"ann"})"), HasSubstr("TOO_MANY_CONNECTIONS"));
  const PresenceFigures now = figures(host);
  EXPECT_EQ(of(now.denials, "MISSING_AUTH_TOKEN"), 1U);
  EXPECT_EQ(of(now.denials, "INVALID_TOKEN"), 2U);
  EXPECT_EQ(of(now.denials, "TOKEN_EXPIRED"), 1U);
  EXPECT_EQ(of(now.denials, "TOO_MANY_CONNECTIONS"), 1U);
  EXPECT_EQ(sum(now.denials), 5U);
}

TEST_F(GatewayCountersTest, CountRequestsByEventWithTheirTimesAndRefusalsByCode) {
  PresenceHost host;
  Client ann = host.user("ann");
  heard(ann);  // a heartbeat
  const std::vector<std::string> asked = {
      R"(421["check-user-status",{"userId":"ann"}])",
      R"(421["check-users-status",{"userIds":["ann"]}])",
      R"(421["get-online-users"])",
      R"(421["subscribe-presence",{"userIds":["bob"]}])",
      R"(421["unsubscribe-presence",{"userIds":["bob"]}])",
      R"(421["refresh-token",{"token":"bad"}])",
      R"(421["check-user-status",{}])",
      R"(421["dance"])",
  };
  for (const std::string& packet : asked) {
    ann.send(packet);
    EXPECT_THAT(ann.next(), StartsWith("431["));
  }
  const PresenceFigures now = figures(host);
  for (const char* event : {"check-user-status", "check-users-status", "get-online-users", "heartbeat",
                            "subscribe-presence", "unsubscribe-presence", "refresh-token"}) {
    EXPECT_EQ(requests(now, event), 1U) << event;
  }
  EXPECT_EQ(requests(now, "other"), 2U);
  EXPECT_EQ(now.requests.size(), 8U);
  EXPECT_EQ(of(now.refusals, "FORBIDDEN"), 1U);
  EXPECT_EQ(of(now.refusals, "INVALID_PAYLOAD"), 1U);
  EXPECT_EQ(of(now.refusals, "UNKNOWN_EVENT"), 1U);
  EXPECT_EQ(sum(now.refusals), 3U);
}

TEST_F(GatewayCountersTest, CountWhatIsAboveTheRateAndTheBatch) {
  Config config = plain_config();
  config.limits.events_per_second = 1;
  config.limits.event_burst = 2;
  config.presence.max_batch_ids = 1;
  PresenceHost host(config);
  Client ann = host.user("ann");
  const std::string beat = server::test::packet_frame(R"(421["heartbeat"])");
  ann.websocket().write(server::test::packet_frame(R"(421["check-users-status",{"userIds":["a","b"]}])") +
                        beat + beat);
  for (const char* answer : {"TOO_MANY_USERS", "ok", "RATE_LIMITED"})
    EXPECT_THAT(ann.next(), HasSubstr(answer));
  const PresenceFigures now = figures(host);
  EXPECT_EQ(of(now.refusals, "TOO_MANY_USERS"), 1U);
  EXPECT_EQ(of(now.refusals, "RATE_LIMITED"), 1U);
  EXPECT_EQ(requests(now, "heartbeat"), 1U);
  EXPECT_EQ(requests(now, "other"), 2U);
}

TEST_F(GatewayCountersTest, CountUsersConnectionsAndChanges) {
  PresenceHost host;
  Client ann = host.user("ann"), again = host.user("ann"), bob = host.user("bob");
  PresenceFigures now = figures(host);
  EXPECT_EQ(now.online, 2U);
  EXPECT_EQ(now.connections, 3U);
  EXPECT_EQ(now.changes.online, 2U);
  EXPECT_EQ(now.changes.offline, 0U);
  bob.send("41");
  EXPECT_THAT(plain(ann.next()), online("bob"));
  EXPECT_THAT(plain(ann.next()), offline("bob"));
  now = figures(host);
  EXPECT_EQ(now.online, 1U);
  EXPECT_EQ(now.connections, 2U);
  EXPECT_EQ(now.changes.offline, 1U);
  EXPECT_EQ(now.window, milliseconds(0));
  EXPECT_EQ(now.held, 0U);
}

TEST_F(GatewayCountersTest, CountConnectionsWhoseTokenRunsOut) {
  PresenceHost host;
  Client ann = host.brief_user("ann");
  EXPECT_THAT(ann.next(), HasSubstr("authentication_error"));
  EXPECT_EQ(figures(host).expired, 1U);
}

TEST_F(GatewayCountersTest, CountChangesThatWaitForTheEndOfAWindow) {
  Config config = plain_config();
  config.presence.deliveries_per_second = 1;
  config.presence.max_window = seconds(60);
  PresenceHost host(config);
  std::vector<Client> crowd;
  for (int i = 0; i < 10; ++i) crowd.push_back(host.user("user-" + std::to_string(i)));
  const PresenceFigures now = figures(host);
  EXPECT_GT(now.window, milliseconds(0));
  EXPECT_GT(now.held, 0U);
}

TEST(RequestTimes, AreThoseOfTheTurnForEachOfItsRequests) {
  WorkerCounters counters;
  counters.turn_ended(microseconds(7));  // with no request in it
  counters.answered(0);
  counters.answered(0);
  counters.answered(3);
  counters.turn_ended(microseconds(60));
  counters.answered(0);
  counters.turn_ended(seconds(1));
  EXPECT_EQ(counters.durations(0).count(), 3U);
  EXPECT_EQ(counters.durations(0).counts[1], 2U);
  EXPECT_EQ(counters.durations(0).total, microseconds(120) + seconds(1));
  EXPECT_EQ(counters.durations(3).count(), 1U);
  EXPECT_EQ(counters.durations(WorkerCounters::kNoRequest).count(), 0U);
}

}  // namespace
}  // namespace rollcall::gateway
