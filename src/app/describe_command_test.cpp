#include "app/describe_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "app/cli.hpp"
#include "base/json.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

TEST(Describe, NamesEverythingInJson) {
  std::ostringstream out;
  EXPECT_EQ(run_describe(out), kExitOk);
  const auto parsed = base::json::parse(out.str());
  ASSERT_TRUE(parsed.ok()) << parsed.error();
  for (const char* part : {"requests", "events", "routes", "metrics", "settings"}) {
    EXPECT_FALSE(parsed->as_object().at(part).as_array().empty()) << part;
  }
  for (const char* part :
       {R"({"event":"heartbeat","reply":"heartbeat-ack","payload":"optional"})",
        R"({"method":"POST","path":"/api/v1/users/{userId}/emit","scope":"emit","name":"emit"})",
        R"({"method":"GET","path":"/api/v1/presence/count","scope":"read","name":"count"})",
        R"("UNKNOWN_EVENT")", R"("TOKEN_EXPIRED")", R"("UNSUPPORTED_ENCODING")", R"("NO_DESCRIPTORS")",
        R"("name":"presence.offline_grace_ms","environment":"ROLLCALL_PRESENCE_OFFLINE_GRACE_MS")"}) {
    EXPECT_THAT(out.str(), HasSubstr(part));
  }
}

TEST(Describe, NamesTheMetricsWithTheirTypes) {
  const auto parsed = base::json::parse(description());
  ASSERT_TRUE(parsed.ok());
  for (const auto& metric : parsed->as_object().at("metrics").as_array()) {
    const auto& fields = metric.as_object();
    EXPECT_TRUE(fields.contains("type") && !fields.at("help").as_string().empty()) << metric;
  }
  EXPECT_THAT(description(), HasSubstr("rollcall_tls_certificate_not_after_timestamp_seconds"));
}

TEST(Describe, SaysWhenItCannotBeWritten) {
  std::ostringstream full;
  full.setstate(std::ios::badbit);
  EXPECT_EQ(run_describe(full), kExitFailure);
}

}  // namespace
}  // namespace rollcall::app
