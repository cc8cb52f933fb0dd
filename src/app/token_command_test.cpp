#include "app/token_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "embed/keys.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

constexpr WallTime kNow = wall_time(1'767'530'096'789);

AuthSettings auth_with_secret() {
  AuthSettings auth;
  auth.jwt_secret = "0123456789abcdef0123456789abcdef";
  return auth;
}

TokenCommand command_for(std::string subject) {
  TokenCommand command;
  command.claims.subject = std::move(subject);
  return command;
}

TEST(TokenCommand, MakesATokenThatTheServerAcceptsUntilItRunsOut) {
  TokenCommand command = command_for("user-1");
  command.claims.email = "a@b";
  command.ttl = seconds{60};
  const auto token = make_token(command, auth_with_secret(), kNow);
  ASSERT_TRUE(token.ok()) << token.error();
  const auto keys = embed::load_keys(auth_with_secret());
  ASSERT_TRUE(keys.ok());
  const auto claims = (*keys)->verify(*token, kNow);
  ASSERT_TRUE(claims.ok()) << claims.error().details;
  EXPECT_EQ(claims->subject, "user-1");
  EXPECT_EQ(claims->email, "a@b");
  EXPECT_EQ(claims->expires_at, wall_time(1'767'530'156'000));
  EXPECT_FALSE((*keys)->verify(*token, kNow + seconds{66}).ok());
}

TEST(TokenCommand, WithoutASecretTellsWhatToDo) {
  const auto token = make_token(command_for("user-1"), AuthSettings(), kNow);
  ASSERT_FALSE(token.ok());
  EXPECT_THAT(token.error(), testing::AllOf(HasSubstr("JWT_SECRET"), HasSubstr("--config")));
}

TEST(TokenCommand, MakesNoTokenThatTheServerWouldRefuse) {
  AuthSettings other_algorithm = auth_with_secret();
  other_algorithm.algorithms = {"HS512"};
  EXPECT_THAT(make_token(command_for("a"), other_algorithm, kNow).error(), HasSubstr("does not list HS256"));
  AuthSettings issuer = auth_with_secret();
  issuer.issuer = "https://issuer.example";
  EXPECT_THAT(make_token(command_for("a"), issuer, kNow).error(), HasSubstr("auth.issuer"));
  AuthSettings audience = auth_with_secret();
  audience.audience = "rollcall";
  EXPECT_THAT(make_token(command_for("a"), audience, kNow).error(), HasSubstr("auth.audience"));
}

TEST(TokenCommand, PrintsTheTokenAloneToStdout) {
  const std::string path = testing::TempDir() + "rollcall_token_test.toml";
  std::ofstream(path) << "[auth]\njwt_secret = \"0123456789abcdef0123456789abcdef\"\n";
  TokenCommand command = command_for("user-1");
  command.config_file = path;
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run_token(command, kNow, out, err), kExitOk);
  EXPECT_THAT(out.str(), testing::MatchesRegex("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\n"));
  EXPECT_EQ(err.str(), "");
}

TEST(TokenCommand, NamesTheMistakesOfTheConfiguration) {
  TokenCommand command = command_for("user-1");
  command.config_file = "/no/such.toml";
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run_token(command, kNow, out, err), kExitBadConfig);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), HasSubstr("/no/such.toml: cannot be read"));
}

}  // namespace
}  // namespace rollcall::app
