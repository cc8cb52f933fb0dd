#include "wire/object_writer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/iso8601.hpp"

namespace rollcall::wire {
namespace {

TEST(AppendTime, TimesOfAnyDayAreTold) {
  std::string out;
  for (const std::int64_t ms : {0LL, 951'782'400'000LL, -1LL, 1'767'530'096'789LL}) {
    append_time(out, wall_time(ms));
  }
  EXPECT_EQ(out, R"("1970-01-01T00:00:00.000Z""2000-02-29T00:00:00.000Z")"
                 R"("1969-12-31T23:59:59.999Z""2026-01-04T12:34:56.789Z")");
}

TEST(AppendTime, TimesAreWrittenAsTheBaseWritesThem) {
  for (const std::int64_t ms :
       {0LL, -1LL, 951'782'399'999LL, 951'868'800'000LL, 4'102'444'799'999LL, 253'402'300'799'999LL,
        253'402'300'800'000LL, -62'167'219'200'000LL, -62'167'219'200'001LL}) {
    std::string out;
    append_time(out, wall_time(ms));
    EXPECT_EQ(out, '"' + base::iso8601(wall_time(ms)) + '"') << ms;
  }
}

}  // namespace
}  // namespace rollcall::wire
