#include "wire/problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::wire {
namespace {

TEST(Problem, HasTheCodeOfTheRequestsErrorAndTheFieldToBlame) {
  EXPECT_EQ(to_json(problem_of({ErrorCode::invalid_payload, "limit must be \"x\"", "limit"})),
            R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"limit must be \"x\"",)"
            R"("code":"INVALID_PAYLOAD","field":"limit"})");
  EXPECT_EQ(to_json(problem_of({ErrorCode::too_many_users, "too many"})),
            R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"too many",)"
            R"("code":"TOO_MANY_USERS"})");
}

TEST(Problem, HasTheStatusOfItsCode) {
  EXPECT_EQ(problem_of({ErrorCode::rate_limited, ""}).status, 429U);
  EXPECT_EQ(problem_of({ErrorCode::forbidden, ""}).status, 403U);
  EXPECT_EQ(problem_of({ErrorCode::unknown_event, ""}).status, 400U);
  EXPECT_EQ(problem_of({ErrorCode::internal, ""}).status, 500U);
}

TEST(Problem, HasTheCodeThatGoesWithItsStatus) {
  const struct {
    unsigned status;
    const char* code;
  } cases[] = {{400, "BAD_REQUEST"},        {401, "UNAUTHORIZED"},
               {403, "FORBIDDEN"},          {404, "NOT_FOUND"},
               {405, "METHOD_NOT_ALLOWED"}, {408, "REQUEST_TIMEOUT"},
               {413, "PAYLOAD_TOO_LARGE"},  {415, "UNSUPPORTED_ENCODING"},
               {429, "RATE_LIMITED"},       {431, "HEADER_TOO_LARGE"},
               {500, "INTERNAL"},           {501, "NOT_IMPLEMENTED"},
               {503, "UNAVAILABLE"},        {505, "VERSION_NOT_SUPPORTED"}};
  for (const auto& [status, code] : cases) {
    const Problem problem = problem_of_status(status, "why");
    EXPECT_EQ(problem.status, status);
    EXPECT_EQ(problem.code, code);
    EXPECT_THAT(to_json(problem), testing::HasSubstr("\"detail\":\"why\""));
  }
}

}  // namespace
}  // namespace rollcall::wire
