#include "app/development.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

namespace rollcall::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string new_directory() {
  std::string name = testing::TempDir() + "rollcall_dev_XXXXXX";
  return std::string(mkdtemp(name.data())) + "/state";
}

mode_t mode_of(const std::string& path) {
  struct stat info {};
  stat(path.c_str(), &info);
  return info.st_mode & 0777;
}

TEST(Development, ASecondStartHasTheSecretAndTheKeyOfTheFirst) {
  const std::string directory = new_directory();
  const DevState first = development_state(false, directory);
  EXPECT_GE(first.jwt_secret.size(), 32U);
  EXPECT_THAT(first.api_key, StartsWith("rck_"));
  EXPECT_EQ(first.file, directory + "/dev.env");
  EXPECT_EQ(mode_of(directory), 0700U);
  EXPECT_EQ(mode_of(first.file), 0600U);
  const DevState second = development_state(false, directory);
  EXPECT_EQ(second.jwt_secret, first.jwt_secret);
  EXPECT_EQ(second.api_key, first.api_key);
  EXPECT_EQ(second.file, first.file);
}

TEST(Development, NewOnesAreMadeWhenAskedForAndKept) {
  const std::string directory = new_directory();
  const DevState first = development_state(false, directory);
  const DevState fresh = development_state(true, directory);
  EXPECT_NE(fresh.jwt_secret, first.jwt_secret);
  EXPECT_NE(fresh.api_key, first.api_key);
  EXPECT_EQ(development_state(false, directory).jwt_secret, fresh.jwt_secret);
}

TEST(Development, AFileThatOthersMayReadOrThatIsNotWholeIsNotUsed) {
  const std::string directory = new_directory();
  const DevState first = development_state(false, directory);
  chmod(first.file.c_str(), 0644);
  const DevState second = development_state(false, directory);
  EXPECT_NE(second.jwt_secret, first.jwt_secret);
  EXPECT_EQ(mode_of(second.file), 0600U);
  std::ofstream(second.file) << "JWT_SECRET=short\n";
  EXPECT_GE(development_state(false, directory).jwt_secret.size(), 32U);
}

TEST(Development, WithoutAPlaceToKeepThemTheyEndWithTheProcessAndItSaysWhy) {
  const DevState homeless = development_state(false, "");
  EXPECT_GE(homeless.jwt_secret.size(), 32U);
  EXPECT_THAT(homeless.file, IsEmpty());
  EXPECT_THAT(homeless.note, HasSubstr("HOME"));
  const DevState stuck = development_state(false, "/dev/null/rollcall");
  EXPECT_THAT(stuck.file, IsEmpty());
  EXPECT_THAT(stuck.note, HasSubstr("/dev/null/rollcall/dev.env cannot be written: Not a directory"));
}

TEST(Development, WhatTheConfigurationHasIsLeftAlone) {
  const DevState state = development_state(false, "");
  Config given;
  given.auth.jwt_secret = "mine";
  given.api.keys = {"mine"};
  given.cors.origins = {"https://mine"};
  complete_for_development(given, state);
  EXPECT_EQ(given.auth.jwt_secret, "mine");
  EXPECT_EQ(given.api.keys.front(), "mine");
  EXPECT_EQ(given.cors.origins.front(), "https://mine");
  Config open;
  complete_for_development(open, state);
  EXPECT_EQ(open.auth.jwt_secret, state.jwt_secret);
  EXPECT_THAT(open.api.keys.front(), StartsWith("dev:admin:"));
  EXPECT_EQ(open.cors.origins.front(), "*");
}

}  // namespace
}  // namespace rollcall::app
