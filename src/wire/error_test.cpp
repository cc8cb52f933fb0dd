#include "wire/error.hpp"

#include <gtest/gtest.h>

namespace rollcall::wire {
namespace {

TEST(AnError, IsWrittenWithItsCodeAndMessage) {
  EXPECT_EQ(to_json({ErrorCode::invalid_payload, "say \"userId\""}),
            R"({"status":"error","code":"INVALID_PAYLOAD","message":"say \"userId\""})");
}

TEST(AnError, HasTheCodesOfTheContract) {
  const char* const names[kErrorCodes] = {"INVALID_PAYLOAD", "TOO_MANY_USERS", "RATE_LIMITED",
                                          "UNKNOWN_EVENT",   "FORBIDDEN",      "INTERNAL"};
  for (std::size_t i = 0; i < kErrorCodes; ++i) EXPECT_STREQ(name_of(static_cast<ErrorCode>(i)), names[i]);
}

TEST(AnError, NamesTheFieldBeforeTheReason) {
  const Failure<Error> of_a_field = invalid("limit", "must be 1");
  EXPECT_EQ(of_a_field.error.message, "limit must be 1");
  EXPECT_EQ(of_a_field.error.field, "limit");
  EXPECT_EQ(invalid({}, "no object").error.message, "no object");
}

}  // namespace
}  // namespace rollcall::wire
