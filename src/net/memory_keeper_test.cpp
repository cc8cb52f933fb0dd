#include "net/memory_keeper.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rollcall::net {
namespace {

constexpr std::size_t kMiB = 1 << 20;

// Counting takes 20 ms, giving back a second, and some of what is free stays resident.
struct GiveWasteBack : testing::Test {
  void look() { give_waste_back(waste, memory); }

  std::size_t resident = 0, allocated = 0, scattered = 0;
  int counted = 0, given_back = 0;
  Instant now{};
  base::Waste waste;
  MemorySystem memory{[this] { return resident; },
                      [this] {
                        ++counted;
                        now += milliseconds(20);
                        return allocated;
                      },
                      [this] {
                        ++given_back;
                        now += seconds(1);
                        resident = allocated + scattered;
                      },
                      [this] { return now; }};
};

TEST_F(GiveWasteBack, CountsNothingInASmallProcess) {
  resident = 20 * kMiB;
  look();
  EXPECT_EQ(counted, 0);
  EXPECT_EQ(waste.pause(), base::Waste::kInterval);
}

TEST_F(GiveWasteBack, LeavesWhatIsInUse) {
  resident = 300 * kMiB, allocated = 280 * kMiB;
  look();
  EXPECT_EQ(counted, 1);
  EXPECT_EQ(given_back, 0);
  EXPECT_EQ(waste.pause(), seconds(20)) << "of which counting is a thousandth";
}

TEST_F(GiveWasteBack, GivesBackWhatASpikeHasLeft) {
  resident = 300 * kMiB, allocated = 10 * kMiB;
  look();
  EXPECT_EQ(given_back, 1);
  EXPECT_EQ(waste.pause(), seconds(25)) << "of which giving back is a twenty-fifth";
  look();
  EXPECT_EQ(counted, 1) << "there is nothing left to be given";
}

TEST_F(GiveWasteBack, DoesNotTryAgainWithWhatStayed) {
  resident = 300 * kMiB, allocated = 100 * kMiB, scattered = 60 * kMiB;
  look();
  look();
  EXPECT_EQ(given_back, 1);
  resident += 33 * kMiB;
  look();
  EXPECT_EQ(given_back, 2);
}

TEST(MemoryKeeper, EndsWithoutWaitingForItsNextLook) {
  const auto before = std::chrono::steady_clock::now();
  { const MemoryKeeper keeper; }
  EXPECT_LT(std::chrono::steady_clock::now() - before, base::Waste::kInterval / 2);
}

}  // namespace
}  // namespace rollcall::net
