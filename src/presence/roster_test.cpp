#include "presence/roster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::presence {
namespace {

using testing::ElementsAre;

TEST(Roster, ListsInTheOrderOfAddingWhateverTheSlots) {
  Roster roster;
  for (const Slot slot : {7u, 2u, 5u}) roster.add(slot);
  const auto first = roster.page(2, 0);
  EXPECT_THAT(first.slots, ElementsAre(7, 2));
  ASSERT_TRUE(first.next.has_value());
  const auto second = roster.page(2, *first.next);
  EXPECT_THAT(second.slots, ElementsAre(5));
  EXPECT_FALSE(second.next.has_value());
}

TEST(Roster, ComingBackIsANewSessionAtTheEnd) {
  Roster roster;
  roster.add(0);
  roster.add(1);
  roster.remove(0);
  EXPECT_FALSE(roster.contains(0));
  roster.add(0);
  EXPECT_EQ(roster.last_session(), 3u);
  EXPECT_THAT(roster.page(9, 0).slots, ElementsAre(1, 0));
}

TEST(Roster, ClosingUpTheGapsChangesNeitherOrderNorNumbers) {
  Roster roster;
  for (Slot slot = 0; slot < 1000; ++slot) roster.add(slot);
  for (Slot slot = 0; slot < 1000; ++slot) {
    if (slot % 100 != 99) roster.remove(slot);
  }
  EXPECT_EQ(roster.size(), 10u);
  EXPECT_THAT(roster.page(3, 300).slots, ElementsAre(399, 499, 599));
  EXPECT_EQ(roster.page(3, 300).next, 600u);
  for (Slot slot = 99; slot < 1000; slot += 100) roster.remove(slot);
  EXPECT_EQ(roster.size(), 0u);
  EXPECT_TRUE(roster.page(3, 0).slots.empty());
}

TEST(Roster, GapsDoNotPileUpHoweverManyComeAndGo) {
  Roster roster;
  roster.add(0);
  for (int i = 0; i < 10'000; ++i) {
    roster.add(1);
    roster.remove(1);
  }
  EXPECT_LT(roster.gaps(), 100u);
  EXPECT_THAT(roster.page(9, 0).slots, ElementsAre(0));
}

TEST(Roster, NothingFollowsIfOnlyGapsDo) {
  Roster roster;
  for (Slot slot = 0; slot < 4; ++slot) roster.add(slot);
  roster.remove(2);
  roster.remove(3);
  EXPECT_EQ(roster.page(2, 0).next, std::nullopt);
}

}  // namespace
}  // namespace rollcall::presence
