#include "load/options.hpp"

#include <gtest/gtest.h>

namespace rollcall::load {
namespace {

std::variant<Options, int> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "rollcall-load");
  return parse_options(static_cast<int>(words.size()), words.data());
}

Options good(std::vector<const char*> words) {
  auto parsed = parse(std::move(words));
  EXPECT_TRUE(std::holds_alternative<Options>(parsed));
  return std::holds_alternative<Options>(parsed) ? std::get<Options>(parsed) : Options{};
}

bool is_mistake(std::vector<const char*> words) {
  const auto parsed = parse(std::move(words));
  return std::holds_alternative<int>(parsed) && std::get<int>(parsed) == 2;
}

TEST(Options, TheTargetIsSplit) {
  const Options options = good({"query", "--target", "127.0.0.9:81", "--secret", "s", "--cpu", "0,1"});
  EXPECT_EQ(options.host, "127.0.0.9");
  EXPECT_EQ(options.port, 81);
  EXPECT_EQ(options.cpus, (std::vector<unsigned>{0, 1}));
  EXPECT_EQ(options.secret, "s");
}

TEST(Options, SomeDefaultsDependOnTheMode) {
  EXPECT_EQ(good({"fanout", "--secret", "s"}).per_user, 100U);
  EXPECT_EQ(good({"fanout", "--secret", "s", "--per-user", "1"}).per_user, 1U);
  EXPECT_EQ(good({"idle", "--secret", "s"}).per_user, 1U);
  EXPECT_EQ(good({"heartbeat", "--secret", "s"}).event, "heartbeat");
  EXPECT_FALSE(good({"connect", "--secret", "s", "--no-greeting"}).greeting);
}

TEST(Options, MistakesEndWithStatusTwo) {
  unsetenv("JWT_SECRET");
  EXPECT_TRUE(is_mistake({}));
  EXPECT_TRUE(is_mistake({"nonsense"}));
  EXPECT_TRUE(is_mistake({"query"}));  // without a secret
  EXPECT_TRUE(is_mistake({"query", "--secret", "s", "--event", "dance"}));
  EXPECT_TRUE(is_mistake({"query", "--secret", "s", "--target", "localhost:x"}));
  EXPECT_TRUE(is_mistake({"query", "--secret", "s", "-n", "0"}));
  EXPECT_TRUE(is_mistake({"churn", "--dialect", "floor"}));
}

TEST(Options, HelpIsNoMistake) {
  const auto parsed = parse({"--help"});
  ASSERT_TRUE(std::holds_alternative<int>(parsed));
  EXPECT_EQ(std::get<int>(parsed), 0);
}

}  // namespace
}  // namespace rollcall::load
