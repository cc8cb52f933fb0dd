#include "cluster/keys.hpp"

#include <gtest/gtest.h>

#include "cluster/slot.hpp"

namespace rollcall::cluster {
namespace {

TEST(Keys, HaveTheClustersNameAndAHashTag) {
  const Keys keys("shop", 1);
  EXPECT_EQ(keys.nodes(), "rollcall:{shop}:nodes");
  EXPECT_EQ(keys.beats(), "rollcall:{shop}:beats");
  EXPECT_EQ(keys.herald(), "rollcall:{shop}:herald");
  EXPECT_EQ(keys.log(0), "rollcall:shop:{0}:log");
  EXPECT_EQ(keys.meta(0), "rollcall:shop:{0}:meta");
  EXPECT_EQ(keys.incarnations(0), "rollcall:shop:{0}:incs");
  EXPECT_EQ(keys.last_seen(0), "rollcall:shop:{0}:seen");
  EXPECT_EQ(keys.users(0, Incarnation{0x1f}), "rollcall:shop:{0}:n:000000000000001f");
}

TEST(Keys, OfOnePartitionShareASlot) {
  const Keys keys("shop", 16);
  for (Partition partition = 0; partition < 16; ++partition) {
    const unsigned slot = slot_of(keys.log(partition));
    EXPECT_EQ(slot_of(keys.meta(partition)), slot);
    EXPECT_EQ(slot_of(keys.incarnations(partition)), slot);
    EXPECT_EQ(slot_of(keys.last_seen(partition)), slot);
    EXPECT_EQ(slot_of(keys.users(partition, Incarnation{7})), slot);
  }
}

TEST(Keys, SpreadPartitionsEvenlyOverTheSlots) {
  for (const unsigned partitions : {1U, 3U, 16U, Keys::kMaxPartitions}) {
    const Keys keys("shop", partitions);
    for (Partition partition = 0; partition < partitions; ++partition) {
      EXPECT_EQ(slot_of(keys.log(partition)) * partitions / kSlots, partition) << "of " << partitions;
    }
  }
}

// Other values would split a cluster of two versions.
TEST(Keys, PutAUserIntoTheSamePartitionForEver) {
  EXPECT_EQ(Keys("shop", 16).partition_of("user-1"), 5U);
  EXPECT_EQ(Keys("shop", 16).partition_of("a"), 11U);
  EXPECT_EQ(Keys("shop", 1).partition_of("user-1"), 0U);
}

}  // namespace
}  // namespace rollcall::cluster
