#include "presence/directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace rollcall::presence {
namespace {

TEST(Directory, FindsWhomItKnowsByTheWholeId) {
  Directory directory(10);
  const Slot ann = directory.add("ann");
  const Slot zero = directory.add(std::string("ann\0", 4));
  EXPECT_NE(ann, zero);
  EXPECT_EQ(directory.find("ann"), ann);
  EXPECT_EQ(directory.find(std::string("ann\0", 4)), zero);
  EXPECT_EQ(directory.find("an"), kNoSlot);
}

TEST(Directory, ARecordAndItsSlotStayWhereTheyAreAsItGrows) {
  Directory directory(10);
  const Slot ann = directory.add("ann");
  const User* record = &directory[ann];
  for (int i = 0; i < 10'000; ++i) directory.add("user" + std::to_string(i));
  EXPECT_EQ(directory.find("ann"), ann);
  EXPECT_EQ(&directory[ann], record);
  EXPECT_EQ(directory[directory.find("user9999")].profile.id(), "user9999");
}

TEST(Directory, WhoIsRememberedKeepsTheirTimeButNotTheirDetails) {
  Directory directory(10);
  const Slot ann = directory.add("ann");
  directory[ann].profile = Profile("ann", {.email = "ann@example.org", .role = {}, .name = {}});
  directory[ann].last_active.advance(wall_time(5));
  directory.remember(ann);
  EXPECT_EQ(directory[ann].profile.id(), "ann");
  EXPECT_EQ(directory[ann].profile.email(), std::nullopt);
  EXPECT_EQ(directory[ann].last_active.get(), wall_time(5));
}

TEST(Directory, WhoIsRecalledFromAnyPlaceIsNotForgotten) {
  for (const char* back : {"a", "b", "c"}) {
    Directory directory(3);
    for (const char* id : {"a", "b", "c"}) directory.remember(directory.add(id));
    directory.recall(directory.find(back));
    for (const char* id : {"x", "y", "z"}) directory.remember(directory.add(id));
    for (const char* id : {"a", "b", "c"}) {
      EXPECT_EQ(directory.find(id) != kNoSlot, std::string(id) == back) << id << ", back: " << back;
    }
    for (const char* id : {"x", "y", "z"}) EXPECT_NE(directory.find(id), kNoSlot) << id;
  }
}

TEST(Directory, TheSlotsOfTheForgottenAreUsedAgain) {
  Directory directory(2);
  Slot highest = 0;
  for (int i = 0; i < 1000; ++i) {
    const Slot one = directory.add("one" + std::to_string(i));
    const Slot two = directory.add("two" + std::to_string(i));
    directory.remember(one);
    directory.remember(two);
    highest = std::max({highest, one, two});
  }
  EXPECT_LT(highest, 4u);
}

TEST(Directory, AUsedSlotHoldsNothingOfTheOneBefore) {
  Directory directory(0);
  const Slot ann = directory.add("ann");
  directory[ann].last_active.advance(wall_time(5));
  directory[ann].own.connections = 7;
  directory.remember(ann);
  EXPECT_EQ(directory.find("ann"), kNoSlot);
  const Slot bob = directory.add("bob");
  EXPECT_EQ(bob, ann);
  EXPECT_EQ(directory[bob].own.connections, 0u);
  EXPECT_EQ(directory[bob].last_active.get(), WallTime{});
}

}  // namespace
}  // namespace rollcall::presence
