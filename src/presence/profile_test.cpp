#include "presence/profile.hpp"

#include <gtest/gtest.h>

namespace rollcall::presence {
namespace {

TEST(Profile, KeepsWhatIsThereAndWhatIsNot) {
  const Profile profile("ann", {.email = std::nullopt, .role = "", .name = "Ann"});
  EXPECT_EQ(profile.id(), "ann");
  EXPECT_EQ(profile.email(), std::nullopt);
  EXPECT_EQ(profile.role(), "");
  EXPECT_EQ(profile.name(), "Ann");
}

TEST(Profile, IsEmptyByDefault) {
  const Profile profile;
  EXPECT_EQ(profile.id(), "");
  EXPECT_EQ(profile.email(), std::nullopt);
}

TEST(Profile, ADetailThatIsTooLongIsLeftOutWhole) {
  const std::string longest(kMaxDetailBytes, 'e');
  const Profile profile("ann", {.email = longest + "e", .role = longest, .name = "Ann"});
  EXPECT_EQ(profile.email(), std::nullopt);
  EXPECT_EQ(profile.role(), longest);
  EXPECT_EQ(profile.name(), "Ann");
}

TEST(Profile, TheIdMayHoldAnyBytes) {
  const std::string id("a\0b\xff", 4);
  EXPECT_EQ(Profile(id, {}).id(), id);
}

}  // namespace
}  // namespace rollcall::presence
