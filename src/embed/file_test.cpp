#include "embed/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace rollcall::embed {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string written(const std::string& text) {
  const std::string path = testing::TempDir() + "rollcall_file_test";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(File, IsReadWhole) {
  const std::string text = std::string(100'000, 'x') + std::string("\0\n", 2);
  const auto read = read_file(written(text), 1 << 20);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, text);
}

TEST(File, IsRefusedAboveTheBound) {
  EXPECT_TRUE(read_file(written("12345"), 5).ok());
  const auto read = read_file(written("123456"), 5);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error(), "is larger than 5 bytes");
}

TEST(File, SaysWhyItCannotBeRead) {
  const auto missing = read_file(testing::TempDir() + "rollcall_no_such_file", 5);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error(), "cannot be read: No such file or directory");
  const auto directory = read_file(testing::TempDir(), 5);
  ASSERT_FALSE(directory.ok());
  EXPECT_EQ(directory.error(), "cannot be read: Is a directory");
}

// Root may read everything: while it lives, this process is somebody else.
class AsNobody {
 public:
  AsNobody() {
    if (root_) {
      EXPECT_EQ(seteuid(kNobody), 0);
    }
  }
  ~AsNobody() {
    if (root_) {
      EXPECT_EQ(seteuid(0), 0);
    }
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  const bool root_ = geteuid() == 0;
};

std::string refusal_of(const std::string& path) {
  const AsNobody nobody;
  const auto read = read_file(path, 5);
  return read.ok() ? "it was read" : read.error();
}

TEST(File, SaysWhoseItIsAndWhatWouldHelpIfItMayNotBeRead) {
  const std::string path = written("x");
  const bool root = geteuid() == 0;
  chmod(path.c_str(), 0200);
  const std::string why = refusal_of(path);
  chmod(path.c_str(), 0600);
  EXPECT_THAT(why, StartsWith("cannot be read: Permission denied: it is "));
  EXPECT_THAT(why, HasSubstr("with mode 0200"));
  EXPECT_THAT(why, HasSubstr(root ? ", and chmod g+r, would let it" : ": chmod u+r would let it"));
}

TEST(File, NeedsAnotherModeAndNoOtherGroupIfTheUserOwnsIt) {
  const std::string path = written("x");
  if (geteuid() == 0) {
    ASSERT_EQ(chown(path.c_str(), 65534, 0), 0);
  }
  chmod(path.c_str(), 0040);
  const std::string why = refusal_of(path);
  std::remove(path.c_str());
  EXPECT_THAT(why, EndsWith(": chmod u+r would let it"));
}

TEST(File, SaysThatItsDirectoryMayNotBeEntered) {
  const std::string directory = testing::TempDir() + "rollcall_closed";
  mkdir(directory.c_str(), 0700);
  chmod(directory.c_str(), 0);
  const std::string why = refusal_of(directory + "/key.pem");
  rmdir(directory.c_str());
  EXPECT_THAT(why, StartsWith("cannot be read: Permission denied: the user "));
  EXPECT_THAT(why, EndsWith(" may not enter a directory above it (chmod o+x, or chgrp and chmod g+x)"));
}

}  // namespace
}  // namespace rollcall::embed
