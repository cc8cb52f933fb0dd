#include "wire/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/kinds.hpp"

namespace rollcall::wire {
namespace {

TEST(AnError, IsWrittenWithItsCodeAndMessage) {
  EXPECT_EQ(to_json({ErrorCode::invalid_payload, "say \"userId\""}),
            R"({"status":"error","code":"INVALID_PAYLOAD","message":"say \"userId\""})");
}

TEST(AnError, HasTheCodesOfTheContract) {
  EXPECT_THAT(base::kKindNames<ErrorCode>,
              testing::ElementsAre("INVALID_PAYLOAD", "TOO_MANY_USERS", "RATE_LIMITED", "UNKNOWN_EVENT",
                                   "FORBIDDEN", "INTERNAL"));
}

TEST(AnError, NamesTheFieldBeforeTheReason) {
  const Failure<Error> of_a_field = invalid("limit", "must be 1");
  EXPECT_EQ(of_a_field.error.message, "limit must be 1");
  EXPECT_EQ(of_a_field.error.field, "limit");
  EXPECT_EQ(invalid({}, "no object").error.message, "no object");
}

}  // namespace
}  // namespace rollcall::wire
