#include "app/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace rollcall::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Parsed {
  Command command;
  std::string out;
  std::string err;

  int exit_status() const { return std::holds_alternative<int>(command) ? std::get<int>(command) : -1; }
};

Parsed parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "rollcall");
  std::ostringstream out;
  std::ostringstream err;
  Command command = parse_command_line(static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {std::move(command), out.str(), err.str()};
}

TEST(CommandLine, ServeNeedsNothing) {
  const Parsed parsed = parse({"serve"});
  const auto* serve = std::get_if<ServeCommand>(&parsed.command);
  ASSERT_TRUE(serve);
  EXPECT_FALSE(serve->dev);
  EXPECT_FALSE(serve->config_file);
  EXPECT_FALSE(serve->listen);
}

TEST(CommandLine, ServeListensOnEachAddressThatIsGiven) {
  const Parsed parsed = parse({"serve", "--listen", "127.0.0.1:1", "--listen", "[::1]:1", "--dev"});
  const auto* serve = std::get_if<ServeCommand>(&parsed.command);
  ASSERT_TRUE(serve) << parsed.err;
  EXPECT_EQ(serve->listen, "127.0.0.1:1,[::1]:1");
  EXPECT_TRUE(serve->dev);
}

TEST(CommandLine, ServeTakesItsFlagsInAnyOrderAndForm) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {"serve", "--dev", "--config", "a.toml", "--listen", "[::]:3000"},
           {"serve", "--listen=[::]:3000", "--config=a.toml", "--dev"}}) {
    const Parsed parsed = parse(arguments);
    const auto* serve = std::get_if<ServeCommand>(&parsed.command);
    ASSERT_TRUE(serve) << parsed.err;
    EXPECT_TRUE(serve->dev);
    EXPECT_EQ(serve->config_file, "a.toml");
    EXPECT_EQ(serve->listen, "[::]:3000");
  }
}

TEST(CommandLine, TokenTakesTheClaims) {
  const Parsed parsed = parse({"token", "--sub", "user-1", "--email", "a@b", "--role", "admin", "--name",
                               "Ann Bee", "--ttl", "30m", "--config", "a.toml"});
  const auto* token = std::get_if<TokenCommand>(&parsed.command);
  ASSERT_TRUE(token) << parsed.err;
  EXPECT_EQ(token->claims.subject, "user-1");
  EXPECT_EQ(token->claims.email, "a@b");
  EXPECT_EQ(token->claims.role, "admin");
  EXPECT_EQ(token->claims.name, "Ann Bee");
  EXPECT_EQ(token->ttl, seconds{1800});
  EXPECT_EQ(token->config_file, "a.toml");
}

TEST(CommandLine, TokenIsGoodForAnHourUnlessTold) {
  const Parsed parsed = parse({"token", "--sub", "user-1"});
  const auto* token = std::get_if<TokenCommand>(&parsed.command);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->ttl, seconds{3600});
  EXPECT_FALSE(token->claims.email);
  EXPECT_FALSE(token->claims.expires_at);
}

TEST(CommandLine, CheckConfigTakesAFile) {
  const Parsed parsed = parse({"check-config", "--config", "a.toml"});
  const auto* check = std::get_if<CheckConfigCommand>(&parsed.command);
  ASSERT_TRUE(check);
  EXPECT_EQ(check->config_file, "a.toml");
}

TEST(CommandLine, CheckConfigTakesTheFileWithoutItsFlagTooAndAFileOfVariables) {
  const Parsed parsed = parse({"check-config", "a.toml", "--env-file", "-s.env"});
  const auto* check = std::get_if<CheckConfigCommand>(&parsed.command);
  ASSERT_TRUE(check) << parsed.err;
  EXPECT_EQ(check->config_file, "a.toml");
  EXPECT_EQ(check->env_file, "-s.env");
  EXPECT_THAT(parse({"serve", "a.toml"}).err, HasSubstr("--config FILE"));
}

TEST(CommandLine, KeyTakesANameAndScopes) {
  const Parsed parsed = parse({"key", "--name", "billing-2", "--scopes", "read,emit"});
  const auto* key = std::get_if<KeyCommand>(&parsed.command);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->name, "billing-2");
  EXPECT_EQ(calls::names_of(key->scopes, '+'), "read+emit");
}

TEST(CommandLine, DescribeIsKnownButInNoHelpText) {
  EXPECT_TRUE(std::holds_alternative<DescribeCommand>(parse({"describe"}).command));
  EXPECT_THAT(parse({"--help"}).out, testing::Not(HasSubstr("describe")));
}

TEST(CommandLine, WebhookTestTakesFilesAndAUrl) {
  const Parsed parsed = parse({"webhook", "test", "--config", "a.toml", "--url", "http://localhost/x"});
  const auto* webhook = std::get_if<WebhookCommand>(&parsed.command);
  ASSERT_TRUE(webhook) << parsed.err;
  EXPECT_EQ(webhook->config_file, "a.toml");
  EXPECT_EQ(webhook->url, "http://localhost/x");
  EXPECT_EQ(parse({"webhook"}).exit_status(), kExitBadConfig);
  EXPECT_EQ(parse({"webhook", "dance"}).exit_status(), kExitBadConfig);
}

TEST(CommandLine, AFreshSecretIsForDevelopment) {
  EXPECT_TRUE(std::get<ServeCommand>(parse({"serve", "--dev", "--fresh"}).command).fresh);
  EXPECT_EQ(parse({"serve", "--fresh"}).exit_status(), kExitBadConfig);
}

TEST(CommandLine, MistakesEndWithStatusTwoAndAWordOnStderr) {
  const std::string long_id(257, 'x');
  for (const auto& arguments :
       std::vector<std::vector<const char*>>{{},
                                             {"--dev"},
                                             {"dance"},
                                             {"serve", "--dance"},
                                             {"serve", "extra"},
                                             {"serve", "--listen"},
                                             {"serve", "token"},
                                             {"token"},
                                             {"key"},
                                             {"key", "--name", "a"},
                                             {"key", "--scopes", "read"},
                                             {"key", "--name", "a:b", "--scopes", "read"},
                                             {"key", "--name", "a", "--scopes", "write"},
                                             {"token", "--sub", ""},
                                             {"token", "--sub", "\xff"},
                                             {"token", "--sub", long_id.c_str()},
                                             {"token", "--sub", "a", "--ttl", "soon"},
                                             {"token", "--sub", "a", "--ttl", "0"}}) {
    const Parsed parsed = parse(arguments);
    EXPECT_EQ(parsed.exit_status(), kExitBadConfig) << (arguments.empty() ? "" : arguments.back());
    EXPECT_THAT(parsed.err, Not(IsEmpty()));
    EXPECT_THAT(parsed.out, IsEmpty());
  }
}

TEST(CommandLine, AnUnknownCommandIsNamedAndTheKnownOnesAreListed) {
  EXPECT_THAT(parse({"dance"}).err,
              HasSubstr("no command dance; there are serve, token, key, check-config and webhook"));
}

TEST(CommandLine, HelpGoesToStdoutAndTellsOfExamplesEnvironmentAndExitStatus) {
  const Parsed parsed = parse({"--help"});
  EXPECT_EQ(parsed.exit_status(), kExitOk);
  EXPECT_THAT(parsed.err, IsEmpty());
  for (const char* part : {"serve", "token", "key", "check-config", "Examples:", "JWT_SECRET",
                           "ROLLCALL_<SECTION>_<KEY>", "PORT", "Exit status:", "--version"}) {
    EXPECT_THAT(parsed.out, HasSubstr(part));
  }
}

TEST(CommandLine, EveryCommandHasHelpOfItsOwn) {
  EXPECT_THAT(parse({"serve", "--help"}).out, HasSubstr("--listen HOST:PORT"));
  EXPECT_THAT(parse({"token", "--help"}).out, HasSubstr("--sub ID"));
  EXPECT_THAT(parse({"key", "--help"}).out, HasSubstr("--scopes SCOPES"));
  EXPECT_THAT(parse({"check-config", "--help"}).out, HasSubstr("--config FILE"));
  EXPECT_EQ(parse({"token", "--help"}).exit_status(), kExitOk);
}

TEST(CommandLine, TheVersionIsTheBuilds) {
  const Parsed parsed = parse({"--version"});
  EXPECT_EQ(parsed.exit_status(), kExitOk);
  EXPECT_EQ(parsed.out, "rollcall " ROLLCALL_VERSION "\n");
}

}  // namespace
}  // namespace rollcall::app
