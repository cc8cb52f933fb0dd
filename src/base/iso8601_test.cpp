#include "base/iso8601.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

TEST(Iso8601, ShowsUtcWithMilliseconds) {
  EXPECT_EQ(iso8601(wall_time(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso8601(wall_time(1767530096789)), "2026-01-04T12:34:56.789Z");
  EXPECT_EQ(iso8601(wall_time(1709164800007)), "2024-02-29T00:00:00.007Z");
}

TEST(Iso8601, TimesBeforeTheEpochDoNotBreakIt) {
  EXPECT_EQ(iso8601(wall_time(-1)), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace rollcall::base
