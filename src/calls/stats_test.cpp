#include "calls/stats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::calls {
namespace {

TEST(Stats, AreOneObjectWithTheUptimeInWholeSeconds) {
  const WallTime now = wall_time(1'767'530'096'789);
  Stats all;
  all.version = "1.2.3";
  all.started_at = now - seconds(61) - milliseconds(1);
  all.online = 1;
  all.connections = 2;
  all.polling = 3;
  all.websocket = 4;
  all.workers = 5;
  all.ready = true;
  all.went_online = 6;
  all.went_offline = 7;
  all.feed_readers = 8;
  EXPECT_EQ(
      stats(all, now),
      R"({"version":"1.2.3","startedAt":"2026-01-04T12:33:55.788Z","uptimeSeconds":61,"online":1,)"
      R"("connections":2,"transports":{"polling":3,"websocket":4},"workers":5,"ready":true,)"
      R"("changes":{"online":6,"offline":7},"feed":{"readers":8},"timestamp":"2026-01-04T12:34:56.789Z"})");
  all.settling = milliseconds(7400);
  EXPECT_THAT(stats(all, now),
              testing::EndsWith(R"("timestamp":"2026-01-04T12:34:56.789Z","settlingMs":7400})"));
  // A clock that was set back.
  EXPECT_THAT(stats(all, now - seconds(3600)), testing::HasSubstr("\"uptimeSeconds\":0"));
}

}  // namespace
}  // namespace rollcall::calls
