#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "app/config_loader.hpp"

namespace rollcall::app {
namespace {

TEST(ConfigReader, ReadsTheFile) {
  const std::string path = testing::TempDir() + "rollcall_reader_test.toml";
  std::ofstream(path) << "[server]\nworkers = 5\n";
  const auto config =
      read_config({.config_file = path, .env_file = {}, .listen = "127.0.0.1:9", .dev = true});
  ASSERT_TRUE(config.ok()) << to_text(config.error());
  EXPECT_EQ(config->server.workers, 5U);
  EXPECT_EQ(config->server.listen, "127.0.0.1:9");
}

TEST(ConfigReader, NamesAFileThatCannotBeReadAndTheMistakesElsewhere) {
  const auto config =
      read_config({.config_file = "/no/such.toml", .env_file = {}, .listen = "nowhere", .dev = false});
  ASSERT_FALSE(config.ok());
  ASSERT_EQ(config.error().size(), 2U);
  EXPECT_EQ(to_text(config.error()[0]), "/no/such.toml: cannot be read: No such file or directory");
  EXPECT_THAT(to_text(config.error()[1]), testing::StartsWith("--listen must be"));
}

TEST(ConfigReader, TriesTheFilesThatSettingsNameAndSaysWhereTheyAreNamed) {
  const std::string path = testing::TempDir() + "rollcall_reader_files_test.toml";
  std::ofstream(path) << "[server]\ntls_cert = \"/no/cert\"\ntls_key = \"/no/key\"\nworkers = -1\n"
                         "[auth]\nalgorithms = [\"ES256\"]\npublic_keys = [\"/no/pem\"]\n";
  const auto config = read_config({.config_file = path, .env_file = {}, .listen = {}, .dev = true});
  ASSERT_FALSE(config.ok());
  const std::string text = to_text(config.error());
  for (const char* begin : {":2: server.tls_cert names", ":3: server.tls_key names",
                            ":4: server.workers must", ":7: auth.public_keys names"}) {
    EXPECT_THAT(text, testing::HasSubstr(path + begin));
  }
}

TEST(ConfigReader, TellsOfABrokenFileAndOfAShortSecretAtOnce) {
  const std::string folder = testing::TempDir();
  std::ofstream(folder + "rollcall_reader_jwks.json") << "{\"keys\":5}";
  std::ofstream(folder + "rollcall_reader_key.pem") << "no key\n";
  std::ofstream(folder + "rollcall_reader_all.toml")
      << "[server]\ntls_cert = \"/no/cert\"\ntls_key = \"rollcall_reader_key.pem\"\nlisten = 0.0.0.0:3000\n"
         "[auth]\nalgorithms = [\"RS256\"]\npublic_keys = [\"/no/pem\"]\njwks_file = "
         "\"rollcall_reader_jwks.json\"\n"
         "[webhooks]\nurls = [\"https://a/\"]\nsecret = \"short\"\n";
  const auto config = read_config(
      {.config_file = folder + "rollcall_reader_all.toml", .env_file = {}, .listen = {}, .dev = false});
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().size(), 6U);
  const std::string text = to_text(config.error());
  for (const char* begin :
       {":2: server.tls_cert names", ":3: server.tls_key names", ":4: server.listen is text",
        ":7: auth.public_keys names", ":8: auth.jwks_file names", ":11: webhooks.secret must"}) {
    EXPECT_THAT(text, testing::HasSubstr("all.toml" + std::string(begin)));
  }
}

TEST(ConfigReader, AFileOfVariablesMayBeMissingIfItIsSaidSo) {
  EXPECT_TRUE(read_config({.config_file = {}, .env_file = "-/no/such.env", .listen = {}, .dev = true}).ok());
  const auto config = read_config({.config_file = {}, .env_file = "/no/such.env", .listen = {}, .dev = true});
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(to_text(config.error()[0]), "/no/such.env: cannot be read: No such file or directory");
}

}  // namespace
}  // namespace rollcall::app
