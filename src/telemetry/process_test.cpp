#include "telemetry/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rollcall::telemetry {
namespace {

TEST(Process, SaysWhatMemoryAndTimeItTakes) {
  const ProcessFigures figures = read_process();
  EXPECT_GT(figures.resident_bytes, 1U << 20);
  EXPECT_GT(figures.virtual_bytes, figures.resident_bytes);
  EXPECT_GT(figures.cpu, microseconds(0));
}

TEST(Process, CountsItsDescriptors) {
  const ProcessFigures before = read_process();
  const int one = ::open("/dev/null", O_RDONLY | O_CLOEXEC), two = ::dup(one);
  const ProcessFigures after = read_process();
  ::close(one);
  ::close(two);
  EXPECT_EQ(after.open_descriptors, before.open_descriptors + 2);
  EXPECT_EQ(read_process().open_descriptors, before.open_descriptors);
  EXPECT_GT(after.most_descriptors, after.open_descriptors);
}

}  // namespace
}  // namespace rollcall::telemetry
