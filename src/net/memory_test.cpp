#include "net/memory.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace rollcall::net {
namespace {

namespace fs = std::filesystem;

class MemoryLimit : public testing::Test {
 protected:
  MemoryLimit() {
    std::string name = (fs::temp_directory_path() / "rollcall-memory-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    root = name;
    write("proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
  }
  ~MemoryLimit() override { fs::remove_all(root); }
  void write(const std::string& file, const std::string& text) {
    fs::create_directories((root / file).parent_path());
    std::ofstream(root / file) << text;
  }
  std::size_t limit() const { return memory_limit_below(root.string()); }
  fs::path root;
};

TEST_F(MemoryLimit, IsTheMachinesWhereThereIsNoOther) {
  EXPECT_EQ(limit(), std::size_t{4} << 30);
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/memory.max", "max\n");
  EXPECT_EQ(limit(), std::size_t{4} << 30);
}

TEST_F(MemoryLimit, IsThatOfTheGroupOrOfOneAboveIt) {
  write("proc/self/cgroup", "0::/system.slice/rollcall.service\n");
  write("sys/fs/cgroup/system.slice/rollcall.service/memory.max", "1073741824\n");
  EXPECT_EQ(limit(), 1073741824U);
  write("sys/fs/cgroup/system.slice/memory.max", "536870912\n");
  EXPECT_EQ(limit(), 536870912U);
}

TEST_F(MemoryLimit, UnderstandsTheFirstVersionToo) {
  write("proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/abc\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");
  EXPECT_EQ(limit(), 268435456U) << "mounted as the root";
  write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(limit(), 268435456U);
}

TEST(ResidentBytes, AreThoseInUse) {
  EXPECT_GT(resident_bytes(), 1'000'000U);
}

}  // namespace
}  // namespace rollcall::net
