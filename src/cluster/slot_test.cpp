#include "cluster/slot.hpp"

#include <gtest/gtest.h>

namespace rollcall::cluster {
namespace {

// What CLUSTER KEYSLOT answers.
TEST(Slot, IsThatOfRedis) {
  EXPECT_EQ(slot_of("123456789"), 0x31C3U);
  EXPECT_EQ(slot_of("foo"), 12182U);
  EXPECT_EQ(slot_of(""), 0U);
}

TEST(Slot, OfAKeyWithAHashTagIsThatOfTheTag) {
  EXPECT_EQ(slot_of("{user1000}.following"), slot_of("user1000"));
  EXPECT_EQ(slot_of("foo{bar}{zap}"), slot_of("bar"));
  EXPECT_EQ(slot_of("foo{{bar}}zap"), slot_of("{bar"));
}

TEST(Slot, OfAKeyWithAnEmptyOrUnfinishedTagIsThatOfAllOfIt) {
  EXPECT_NE(slot_of("foo{}{bar}"), slot_of("bar"));
  EXPECT_NE(slot_of("foo{}a"), slot_of("foo{}b"));
  EXPECT_NE(slot_of("{foo"), slot_of("foo"));
}

}  // namespace
}  // namespace rollcall::cluster
