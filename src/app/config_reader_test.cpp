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

}  // namespace
}  // namespace rollcall::app
