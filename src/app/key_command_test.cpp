#include "app/key_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "gateway/http/key_ring.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

calls::Scopes scopes_of(std::string_view names) {
  return *calls::parse_scopes(names, ',');
}

TEST(KeyCommand, MakesAKeyWhoseItemTheServerKnowsItBy) {
  const MadeKey made = make_key("billing", scopes_of("read,emit"), std::string(32, '\xff'));
  EXPECT_EQ(made.secret, "rck_" + std::string(42, '_') + "8");
  // As sha256sum says.
  EXPECT_EQ(made.item, "billing:read+emit:93d4bbc403b8703ee2925c7eaf67cf6fdca515f3089014b2766976cda0f8e69a");
  ApiSettings settings;
  settings.keys = {made.item};
  gateway::KeyRing ring(settings);
  ASSERT_NE(ring.find(made.secret), nullptr);
  EXPECT_EQ(ring.find(made.secret)->name(), "billing");
}

TEST(KeyCommand, NeverMakesTheSameKeyTwice) {
  EXPECT_NE(make_random_key("a", scopes_of("read")).secret, make_random_key("a", scopes_of("read")).secret);
}

TEST(KeyCommand, PrintsTheKeyAndItsItemOnce) {
  std::ostringstream out;
  EXPECT_EQ(run_key({"billing", scopes_of("admin")}, out), kExitOk);
  const std::string text = out.str();
  const std::size_t at = text.find("rck_");
  ASSERT_NE(at, std::string::npos);
  const std::string secret = text.substr(at, 47);
  EXPECT_THAT(text, HasSubstr("\"billing:admin:" + calls::to_hex(gateway::sha256(secret)) + "\""));
  EXPECT_EQ(text.find("rck_", at + 1), std::string::npos);
}

TEST(KeyCommand, AFullDiskIsAFailure) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(run_key({"billing", scopes_of("admin")}, out), kExitFailure);
}

}  // namespace
}  // namespace rollcall::app
