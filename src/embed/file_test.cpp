#include "embed/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace rollcall::embed {
namespace {

std::string written(const std::string& text) {
  const std::string path = testing::TempDir() + "rollcall_file_test";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(File, is_read_whole) {
  const std::string text = std::string(100'000, 'x') + std::string("\0\n", 2);
  const auto read = read_file(written(text), 1 << 20);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, text);
}

TEST(File, is_refused_above_the_bound) {
  EXPECT_TRUE(read_file(written("12345"), 5).ok());
  const auto read = read_file(written("123456"), 5);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error(), "is larger than 5 bytes");
}

TEST(File, that_cannot_be_read_says_why) {
  const auto missing = read_file(testing::TempDir() + "rollcall_no_such_file", 5);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error(), "cannot be read: No such file or directory");
  const auto directory = read_file(testing::TempDir(), 5);
  ASSERT_FALSE(directory.ok());
  EXPECT_EQ(directory.error(), "cannot be read: Is a directory");
}

TEST(File, that_may_not_be_read_says_whose_it_is_and_what_would_help) {
  const std::string path = written("x");
  chmod(path.c_str(), 0200);
  const bool root = geteuid() == 0;  // who may read everything
  if (root) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  const auto read = read_file(path, 5);
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  chmod(path.c_str(), 0600);
  ASSERT_FALSE(read.ok());
  EXPECT_NE(read.error().find("cannot be read: Permission denied: it is "), std::string::npos)
      << read.error();
  EXPECT_NE(read.error().find("with mode 0200"), std::string::npos) << read.error();
  EXPECT_NE(read.error().find("chmod g+r"), std::string::npos) << read.error();
}

}  // namespace
}  // namespace rollcall::embed
