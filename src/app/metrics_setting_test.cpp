// api.metrics: open to all, or for those with a key - of whom there must be one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config_loader.hpp"

namespace rollcall::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kKeys = "keys = [\"prometheus:read:" + std::string(64, 'a') + "\"]\n";

std::string outcome_of(const std::string& api_section, bool dev = false) {
  LoadInput input;
  input.file_path = "r.toml";
  input.file_text = "[auth]\njwt_secret = \"0123456789abcdef0123456789abcdef\"\n[api]\n" + api_section;
  input.dev = dev;
  const auto config = load_config(input);
  return config ? config->api.metrics : to_text(config.error().front());
}

TEST(MetricsSetting, IsOpenUnlessSomethingElseIsSaid) {
  EXPECT_EQ(outcome_of(""), "open");
  EXPECT_EQ(outcome_of("metrics = \"open\"\n"), "open");
}

TEST(MetricsSetting, WantsAKeyWhereOneIsToBeShown) {
  EXPECT_EQ(outcome_of(kKeys + "metrics = \"key\"\n"), "key");
  EXPECT_THAT(outcome_of("metrics = \"key\"\n"),
              AllOf(StartsWith("r.toml:4: api.metrics is key, but"), HasSubstr("rollcall key")));
}

TEST(MetricsSetting, NeedsNoneInDevelopmentWhereOneIsMade) {
  EXPECT_EQ(outcome_of("metrics = \"key\"\n", true), "key");
}

TEST(MetricsSetting, IsNothingElse) {
  EXPECT_THAT(outcome_of("metrics = \"closed\"\n"), HasSubstr("api.metrics must be open or key, not"));
}

}  // namespace
}  // namespace rollcall::app
