#include "app/watched_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace rollcall::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kOne = testing::TempDir() + "rollcall_telemetryed_one";
const std::string kTwo = testing::TempDir() + "rollcall_telemetryed_two";

// As those do it who care: a new file takes the place of the old one.
void put(const std::string& path, const std::string& text) {
  std::ofstream(path + ".new") << text;
  ASSERT_EQ(std::rename((path + ".new").c_str(), path.c_str()), 0);
}

TEST(WatchedFiles, AreReportedOnceWhenWrittenAgain) {
  put(kOne, "1");
  put(kTwo, "2");
  WatchedFiles files;
  files.watch({kOne, "", kTwo});
  EXPECT_THAT(files.changed(), IsEmpty());
  put(kTwo, "3");
  EXPECT_THAT(files.changed(), ElementsAre(kTwo));
  EXPECT_THAT(files.changed(), IsEmpty());
}

TEST(WatchedFiles, HaveNotChangedIfTheirContentIsTheSame) {
  put(kOne, "1");
  WatchedFiles files;
  files.watch({kOne});
  put(kOne, "1");
  EXPECT_THAT(files.changed(), IsEmpty());
}

TEST(WatchedFiles, HaveChangedIfTheyGoAndComeBack) {
  put(kOne, "1");
  WatchedFiles files;
  files.watch({kOne});
  std::remove(kOne.c_str());
  EXPECT_THAT(files.changed(), ElementsAre(kOne));
  EXPECT_THAT(files.changed(), IsEmpty());
  put(kOne, "1");
  EXPECT_THAT(files.changed(), ElementsAre(kOne));
}

}  // namespace
}  // namespace rollcall::app
