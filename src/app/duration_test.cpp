#include "app/duration.hpp"

#include <gtest/gtest.h>

namespace rollcall::app {
namespace {

TEST(Duration, IsSecondsUnlessAUnitFollows) {
  EXPECT_EQ(parse_duration("90"), seconds{90});
  EXPECT_EQ(parse_duration("45s"), seconds{45});
  EXPECT_EQ(parse_duration("30m"), seconds{1800});
  EXPECT_EQ(parse_duration("1h"), seconds{3600});
  EXPECT_EQ(parse_duration("7d"), seconds{604800});
}

TEST(Duration, RefusesAllElse) {
  for (const char* text : {"", "h", "0", "0h", "-1", "+1", "1.5h", "1 h", "1w", "1hh", "1h30m",
                           "99999999999999999999", "9223372036854775807d", "3651d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  EXPECT_EQ(parse_duration("3650d"), kMaxDuration);
}

}  // namespace
}  // namespace rollcall::app
