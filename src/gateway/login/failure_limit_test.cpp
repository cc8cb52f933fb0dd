#include "gateway/login/failure_limit.hpp"

#include <gtest/gtest.h>

namespace rollcall::gateway {
namespace {

TEST(FailureLimit, LetsAnAddressFailSoOftenAMinute) {
  FailureLimit limit(60);
  Instant now{seconds(100)};
  for (int i = 0; i < 60; ++i) {
    EXPECT_TRUE(limit.allows(1, now)) << i;
    limit.failed(1, now);
  }
  EXPECT_FALSE(limit.allows(1, now));
  EXPECT_TRUE(limit.allows(2, now)) << "another address";
  now += seconds(2);
  EXPECT_TRUE(limit.allows(1, now)) << "one a second is forgiven";
}

TEST(FailureLimit, IsReachedThoughSomeTimePassesBetweenTheFailures) {
  FailureLimit limit(10);
  Instant now{seconds(100)};
  for (int i = 0; i < 10; ++i, now += milliseconds(30)) {
    EXPECT_TRUE(limit.allows(1, now)) << i;
    limit.failed(1, now);
  }
  EXPECT_FALSE(limit.allows(1, now)) << "a part of one is forgiven, and not one";
  EXPECT_TRUE(limit.allows(1, now + seconds(6)));
}

TEST(FailureLimit, ForgivesInTwoMinutesWhateverThereWas) {
  FailureLimit limit(60);
  Instant now{seconds(100)};
  for (int i = 0; i < 100'000; ++i) limit.failed(1, now);
  EXPECT_FALSE(limit.allows(1, now + seconds(50)));
  EXPECT_TRUE(limit.allows(1, now + seconds(121)));
}

TEST(FailureLimit, RemembersOnlySoManyAddresses) {
  FailureLimit limit(60);
  const Instant now{seconds(100)};
  for (int i = 0; i < 30; ++i) limit.failed(7, now);
  for (std::uint64_t address = 100; address < 50'000; ++address) limit.failed(address, now);
  EXPECT_LE(limit.addresses(), FailureLimit::kMostAddresses);
  for (int i = 0; i < 30; ++i) limit.failed(7, now);
  EXPECT_FALSE(limit.allows(7, now)) << "one with much to answer for is remembered";
}

TEST(FailureLimit, CanBeChangedAndCountsOn) {
  FailureLimit limit(60);
  const Instant now{seconds(100)};
  for (int i = 0; i < 10; ++i) limit.failed(1, now);
  EXPECT_TRUE(limit.allows(1, now));
  limit.limit(5);
  EXPECT_FALSE(limit.allows(1, now));
  limit.limit(0);
  EXPECT_TRUE(limit.allows(1, now));
}

TEST(FailureLimit, CanBeNone) {
  FailureLimit limit(0);
  for (int i = 0; i < 1000; ++i) limit.failed(1, Instant{});
  EXPECT_TRUE(limit.allows(1, Instant{}));
}

}  // namespace
}  // namespace rollcall::gateway
