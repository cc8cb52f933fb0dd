#include "app/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace rollcall::app {
namespace {

using testing::HasSubstr;
using testing::Not;

const Setting& setting(std::string_view section, std::string_view key) {
  const Setting* found = find_setting(section, key);
  EXPECT_NE(found, nullptr);
  return *found;
}

TEST(Settings, EverySettingAcceptsItsOwnDefault) {
  for (const Setting& one : settings()) {
    Config config;
    const Value value = std::visit(
        [](auto* kept) -> Value {
          if constexpr (std::is_same_v<decltype(kept), milliseconds*>) {
            return std::int64_t{kept->count()};
          } else if constexpr (std::is_integral_v<std::remove_pointer_t<decltype(kept)>> &&
                               !std::is_same_v<decltype(kept), bool*>) {
            return static_cast<std::int64_t>(*kept);
          } else {
            return *kept;
          }
        },
        one.target(config));
    EXPECT_EQ(assign(one, value, config), std::nullopt) << one.name();
  }
}

TEST(Settings, NoTwoHaveTheSameNameOrTheSamePlace) {
  Config config;
  std::set<std::string> names;
  std::set<const void*> places;
  for (const Setting& one : settings()) {
    names.insert(one.environment());
    std::visit([&](auto* kept) { places.insert(kept); }, one.target(config));
  }
  EXPECT_EQ(names.size(), settings().size());
  EXPECT_EQ(places.size(), settings().size());
}

TEST(Settings, EachSectionStandsInOnePiece) {
  const auto names = sections();
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
}

TEST(Settings, WhatHasANumberHasARange) {
  for (const Setting& one : settings()) {
    Config config;
    const Target target = one.target(config);
    const bool number = std::holds_alternative<std::uint32_t*>(target) ||
                        std::holds_alternative<std::size_t*>(target) ||
                        std::holds_alternative<milliseconds*>(target);
    EXPECT_EQ(number, one.range.most > one.range.least) << one.name();
    EXPECT_EQ(one.accepts == nullptr, one.allowed.empty()) << one.name();
  }
}

TEST(Settings, NumbersAreTakenUpToTheirBounds) {
  Config config;
  const Setting& workers = setting("server", "workers");
  EXPECT_EQ(assign(workers, std::int64_t{0}, config), std::nullopt);
  EXPECT_EQ(assign(workers, std::int64_t{1024}, config), std::nullopt);
  EXPECT_EQ(config.server.workers, 1024U);
  EXPECT_EQ(assign(workers, std::int64_t{1025}, config), "must be a whole number from 0 to 1024, not 1025");
  EXPECT_EQ(assign(workers, std::int64_t{-1}, config), "must be a whole number from 0 to 1024, not -1");
  EXPECT_EQ(assign(workers, std::int64_t{1} << 32, config),
            "must be a whole number from 0 to 1024, not 4294967296");
  EXPECT_EQ(config.server.workers, 1024U);
}

TEST(Settings, TheBudgetAndTheWindowOfChangesHaveBounds) {
  Config config;
  const Setting& budget = setting("presence", "deliveries_per_second");
  EXPECT_EQ(assign(budget, std::int64_t{0}, config), std::nullopt);
  EXPECT_EQ(config.presence.deliveries_per_second, 0U);
  EXPECT_EQ(assign(budget, std::int64_t{1'000'000'000}, config), std::nullopt);
  EXPECT_EQ(assign(budget, std::int64_t{1'000'000'001}, config),
            "must be a whole number from 0 to 1000000000, not 1000000001");
  EXPECT_TRUE(assign(budget, std::int64_t{-1}, config));
  const Setting& window = setting("presence", "max_window_ms");
  EXPECT_EQ(assign(window, std::int64_t{100}, config), std::nullopt);
  EXPECT_EQ(assign(window, std::int64_t{60'000}, config), std::nullopt);
  EXPECT_EQ(config.presence.max_window, milliseconds{60'000});
  EXPECT_TRUE(assign(window, std::int64_t{99}, config));
  EXPECT_TRUE(assign(window, std::int64_t{60'001}, config));
}

TEST(Settings, DurationsAreMilliseconds) {
  Config config;
  EXPECT_EQ(assign_text(setting("server", "drain_ms"), "250", config), std::nullopt);
  EXPECT_EQ(config.server.drain, milliseconds{250});
}

TEST(Settings, ListsInTheEnvironmentHaveCommas) {
  Config config;
  EXPECT_EQ(assign_text(setting("cors", "origins"), "https://a.example , http://b:81,", config),
            std::nullopt);
  EXPECT_EQ(config.cors.origins, (TextList{"https://a.example", "http://b:81"}));
}

TEST(Settings, EveryWrongItemOfAListIsNamed) {
  Config config;
  EXPECT_EQ(assign_text(setting("engineio", "transports"), "polling,smoke,drums", config),
            "must be a list of text, each polling or websocket, not \"smoke\", \"drums\"");
  EXPECT_EQ(config.engineio.transports, Config().engineio.transports);
}

TEST(Settings, AListHasNothingTwiceAndSomeMayNotBeEmpty) {
  Config config;
  EXPECT_EQ(assign_text(setting("socketio", "namespaces"), "/a,/b,/a", config), "has \"/a\" twice");
  EXPECT_THAT(assign(setting("socketio", "namespaces"), TextList{}, config).value_or(""),
              HasSubstr("must not be empty"));
  EXPECT_EQ(assign(setting("cors", "origins"), TextList{}, config), std::nullopt);
}

TEST(Settings, TextHasNoControlCharacters) {
  Config config;
  EXPECT_THAT(assign(setting("server", "tls_cert"), std::string("a\0b", 3), config).value_or(""),
              HasSubstr("without control characters"));
  EXPECT_TRUE(assign(setting("auth", "issuer"), std::string("\xff"), config));
}

TEST(Settings, WhatIsWrongIsQuotedButNotAtLength) {
  Config config;
  const auto mistake = assign(setting("server", "listen"), std::string(5000, 'x'), config);
  ASSERT_TRUE(mistake);
  EXPECT_LT(mistake->size(), 300U);
}

TEST(Settings, ASecretIsNeverQuoted) {
  Config config;
  EXPECT_EQ(assign(setting("auth", "jwt_secret"), std::int64_t{12345}, config), "must be text");
  EXPECT_EQ(assign(setting("auth", "jwt_secret"), TextList{"hush"}, config), "must be text");
}

TEST(Settings, TheDescriptionMasksSecretsAndHasAllElse) {
  Config config;
  config.auth.jwt_secret = "hush-hush";
  config.auth.issuer = "say \"x\"";
  config.server.workers = 7;
  const std::string text = describe(config);
  EXPECT_THAT(text, Not(HasSubstr("hush")));
  EXPECT_THAT(text, HasSubstr("jwt_secret = \"***\"\n"));
  EXPECT_THAT(text, HasSubstr("issuer = \"say \\\"x\\\"\"\n"));
  EXPECT_THAT(text, HasSubstr("[server]\nlisten = \"0.0.0.0:3000,[::]:3000\"\nworkers = 7\n"));
  EXPECT_THAT(describe(Config()), HasSubstr("jwt_secret = \"\"\n"));
  for (const Setting& one : settings()) EXPECT_THAT(text, HasSubstr(std::string(one.key) + " = "));
}

}  // namespace
}  // namespace rollcall::app
