#include "embed/file.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace rollcall::embed
