#include "app/suggestion.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rollcall::app {
namespace {

const std::vector<std::string_view> kNames = {"listen", "log_level", "log_format", "ping_interval_ms",
                                              "drain_ms"};

TEST(Suggestion, FindsTheNameWithASlipOfTheKeyboard) {
  EXPECT_EQ(nearest("lsten", kNames), "listen");
  EXPECT_EQ(nearest("lisetn", kNames), "listen");
  EXPECT_EQ(nearest("log_levle", kNames), "log_level");
  EXPECT_EQ(nearest("log_fromat", kNames), "log_format");
}

TEST(Suggestion, TakesCapitalsAndDashesForWhatIsMeant) {
  EXPECT_EQ(nearest("Log-Level", kNames), "log_level");
  EXPECT_EQ(nearest("LISTEN", kNames), "listen");
}

TEST(Suggestion, FindsTheNameWhoseUnitWasForgotten) {
  EXPECT_EQ(nearest("ping_interval", kNames), "ping_interval_ms");
  EXPECT_EQ(nearest("drain", kNames), "drain_ms");
}

TEST(Suggestion, HasNothingForWhatResemblesNoName) {
  EXPECT_EQ(nearest("banana", kNames), std::nullopt);
  EXPECT_EQ(nearest("x", kNames), std::nullopt);
  EXPECT_EQ(nearest("", kNames), std::nullopt);
  EXPECT_EQ(nearest("listen", {}), std::nullopt);
}

TEST(Suggestion, DoesNotCompareEndlessNames) {
  EXPECT_EQ(nearest(std::string(1'000'000, 'l'), kNames), std::nullopt);
}

}  // namespace
}  // namespace rollcall::app
