// The list of who is online, page by page.
#include "presence/presence_story.hpp"

namespace rollcall::presence {
namespace {

using testing::ElementsAre;

TEST_F(Presence, TheListShowsTheNewestDetailsInTheOrderOfSessions) {
  connect(1, "bob", {.email = "bob@example.org", .role = "caregiver", .name = "Bob"});
  connect(2, "ann");
  pass(seconds{1});
  connect(3, "bob", {.email = std::nullopt, .role = "admin", .name = "Bob"});
  const auto page = core_.online(10);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->users.size(), 2u);
  EXPECT_EQ(page->count, 2u);
  EXPECT_EQ(page->next_cursor, std::nullopt);
  const OnlineUser& bob = page->users[0];
  EXPECT_EQ(bob.user_id, "bob");
  EXPECT_EQ(bob.email, std::nullopt);
  EXPECT_EQ(bob.role, "admin");
  EXPECT_EQ(bob.connected_at, wall_ - seconds{1});
  EXPECT_EQ(bob.last_active, wall_);
  EXPECT_EQ(page->users[1].user_id, "ann");
}

TEST_F(Presence, PagesNeitherSkipNorDoubleThoseWhoStay) {
  const std::vector<std::string> users = {"a", "b", "c", "d", "e"};
  for (ConnectionId id = 0; id < users.size(); ++id) connect(id, users[id]);
  std::optional<std::string> cursor;
  EXPECT_THAT(page_ids(2, cursor), ElementsAre("a", "b"));
  ASSERT_TRUE(cursor.has_value());
  goodbye(1);        // b, the last one listed
  goodbye(2);        // c, not listed yet
  connect(11, "c");  // back, at the end
  connect(12, "f");
  EXPECT_THAT(page_ids(2, cursor), ElementsAre("d", "e"));
  EXPECT_THAT(page_ids(2, cursor), ElementsAre("c", "f"));
  EXPECT_EQ(cursor, std::nullopt);
}

TEST_F(Presence, ALimitOfNothingIsTakenAsOneSoThatPagesAlwaysEnd) {
  connect(1, "a");
  connect(2, "b");
  std::optional<std::string> cursor;
  EXPECT_THAT(page_ids(0, cursor), ElementsAre("a"));
  EXPECT_THAT(page_ids(0, cursor), ElementsAre("b"));
  EXPECT_EQ(cursor, std::nullopt);
}

TEST_F(Presence, ACursorThatNoPageGaveIsAFault) {
  connect(1, "ann");
  for (const char* cursor : {"", "0", "01", "2", "-1", "+1", "1 ", "x", "99999999999999999999999"}) {
    EXPECT_FALSE(core_.online(10, cursor).ok()) << cursor;
  }
  EXPECT_TRUE(core_.online(10, "1").ok());
}

}  // namespace
}  // namespace rollcall::presence
