#include "base/memory_budget.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

constexpr std::size_t kMiB = 1 << 20;

TEST(MemoryBudget, RefusesNewcomersAtTheLimitAndSavesBefore) {
  MemoryBudget budget(1000 * kMiB);
  EXPECT_EQ(budget.update(0), MemoryLevel::plenty);
  EXPECT_EQ(budget.update(740 * kMiB), MemoryLevel::plenty);
  EXPECT_EQ(budget.update(760 * kMiB), MemoryLevel::scarce);
  EXPECT_EQ(budget.update(980 * kMiB), MemoryLevel::scarce);
  EXPECT_EQ(budget.update(1000 * kMiB), MemoryLevel::full);
  EXPECT_EQ(budget.update(5000 * kMiB), MemoryLevel::full);
}

TEST(MemoryBudget, LeavesALevelOnlyWellBelowIt) {
  MemoryBudget budget(1000 * kMiB);
  budget.update(1000 * kMiB);
  EXPECT_EQ(budget.update(960 * kMiB), MemoryLevel::full);
  EXPECT_EQ(budget.update(930 * kMiB), MemoryLevel::scarce);
  EXPECT_EQ(budget.update(960 * kMiB), MemoryLevel::scarce);
  EXPECT_EQ(budget.update(720 * kMiB), MemoryLevel::scarce);
  EXPECT_EQ(budget.update(690 * kMiB), MemoryLevel::plenty);
  EXPECT_EQ(budget.update(720 * kMiB), MemoryLevel::plenty);
}

TEST(MemoryBudget, CanBeResized) {
  MemoryBudget budget(1000 * kMiB);
  budget.update(1000 * kMiB);
  budget.resize(2000 * kMiB);
  EXPECT_EQ(budget.update(1000 * kMiB), MemoryLevel::plenty);
  budget.resize(900 * kMiB);
  EXPECT_EQ(budget.update(1000 * kMiB), MemoryLevel::full);
  budget.resize(0);
  EXPECT_EQ(budget.level(), MemoryLevel::plenty);
}

TEST(MemoryBudget, CanBeNone) {
  MemoryBudget budget(0);
  EXPECT_EQ(budget.update(SIZE_MAX), MemoryLevel::plenty);
}

}  // namespace
}  // namespace rollcall::base
