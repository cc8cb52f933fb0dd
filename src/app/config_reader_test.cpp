#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "app/config_loader.hpp"

namespace rollcall::app {
namespace {

TEST(ConfigReader, reads_the_file) {
  const std::string path = testing::TempDir() + "rollcall_reader_test.toml";
  std::ofstream(path) << "[server]\nworkers = 5\n";
  const auto config = read_config({.config_file = path, .listen = "127.0.0.1:9", .dev = true});
  ASSERT_TRUE(config.ok()) << to_text(config.error());
  EXPECT_EQ(config->server.workers, 5U);
  EXPECT_EQ(config->server.listen, "127.0.0.1:9");
}

TEST(ConfigReader, names_a_file_that_cannot_be_read_and_the_mistakes_elsewhere) {
  const auto config = read_config({.config_file = "/no/such.toml", .listen = "nowhere", .dev = false});
  ASSERT_FALSE(config.ok());
  ASSERT_EQ(config.error().size(), 2U);
  EXPECT_EQ(to_text(config.error()[0]), "/no/such.toml: cannot be read: No such file or directory");
  EXPECT_THAT(to_text(config.error()[1]), testing::StartsWith("--listen must be"));
}

TEST(ConfigReader, tries_the_files_that_settings_name_and_says_where_they_are_named) {
  const std::string path = testing::TempDir() + "rollcall_reader_files_test.toml";
  std::ofstream(path) << "[server]\ntls_cert = \"/no/cert\"\ntls_key = \"/no/key\"\nworkers = -1\n"
                         "[auth]\nalgorithms = [\"ES256\"]\npublic_keys = [\"/no/pem\"]\n";
  const auto config = read_config({.config_file = path, .listen = {}, .dev = true});
  ASSERT_FALSE(config.ok());
  const std::string text = to_text(config.error());
  for (const char* begin : {":2: server.tls_cert names", ":3: server.tls_key names",
                            ":4: server.workers must", ":7: auth.public_keys names"}) {
    EXPECT_THAT(text, testing::HasSubstr(path + begin));
  }
}

}  // namespace
}  // namespace rollcall::app
