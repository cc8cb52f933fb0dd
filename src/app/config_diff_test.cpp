#include "app/config_diff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/settings.hpp"

namespace rollcall::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ConfigDiff, IsEmptyWhereNothingDiffers) {
  const ConfigDiff same = diff(Config(), Config());
  EXPECT_THAT(same.applied, IsEmpty());
  EXPECT_THAT(same.need_restart, IsEmpty());
}

TEST(ConfigDiff, TellsWhatTakesEffectFromWhatTakesARestart) {
  Config fresh;
  fresh.server.workers = 7;
  fresh.limits.events_per_second = 3;
  fresh.auth.jwt_secret = "another";
  fresh.cors.origins = {"https://a"};
  fresh.presence.broadcast = "watchers";
  fresh.api.keys = {"a:read:0"};
  const ConfigDiff found = diff(Config(), fresh);
  EXPECT_THAT(found.applied,
              ElementsAre("auth.jwt_secret", "limits.events_per_second", "cors.origins", "api.keys"));
  EXPECT_THAT(found.need_restart, ElementsAre("server.workers", "presence.broadcast"));
  EXPECT_EQ(found.in_force.limits.events_per_second, 3U);
  EXPECT_EQ(found.in_force.cors.origins, fresh.cors.origins);
  EXPECT_EQ(found.in_force.server.workers, 0U) << "still";
  EXPECT_THAT(diff(found.in_force, fresh).need_restart, ElementsAre("server.workers", "presence.broadcast"))
      << "it is said again until it is so";
}

TEST(ConfigDiff, AnotherCertificateTakesEffectButTurningTlsOnOrOffTakesARestart) {
  Config with;
  with.server.tls_cert = "a.pem";
  with.server.tls_key = "a.key";
  EXPECT_THAT(diff(Config(), with).need_restart, ElementsAre("server.tls_cert", "server.tls_key"));
  EXPECT_THAT(diff(with, Config()).need_restart, ElementsAre("server.tls_cert", "server.tls_key"));
  Config other = with;
  other.server.tls_cert = "b.pem";
  EXPECT_THAT(diff(with, other).applied, ElementsAre("server.tls_cert"));
}

TEST(ConfigDiff, KnowsEverySetting) {
  for (const Setting& setting : settings()) {
    Config fresh;
    std::visit(
        [](auto* value) {
          using Kept = std::remove_pointer_t<decltype(value)>;
          if constexpr (std::is_same_v<Kept, std::string>)
            *value += "x";
          else if constexpr (std::is_same_v<Kept, TextList>)
            value->push_back("x");
          else if constexpr (std::is_same_v<Kept, bool>)
            *value = !*value;
          else if constexpr (std::is_same_v<Kept, milliseconds>)
            *value += milliseconds(1);
          else
            ++*value;
        },
        setting.target(fresh));
    const ConfigDiff found = diff(Config(), fresh);
    EXPECT_EQ(found.applied.size() + found.need_restart.size(), 1U) << setting.name();
  }
}

}  // namespace
}  // namespace rollcall::app
