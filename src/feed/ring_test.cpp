#include "feed/ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::feed {
namespace {

constexpr std::uint64_t kEpoch = 0x00abcdef12345678;
const WallTime kNow = wall_time(1'767'530'096'000);

void come(Ring& feed, std::string_view user) {
  feed.add({user, true, kNow, "a@example.com", "member", {}});
}
void go(Ring& feed, std::string_view user) {
  feed.add({user, false, kNow, std::nullopt, std::nullopt, kNow});
}

std::vector<std::string> ids_after(const Ring& feed, std::uint64_t after, std::size_t most = SIZE_MAX) {
  ChangeList list;
  EXPECT_TRUE(feed.read(after, most, list));
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < list.size(); ++i) {
    ids.push_back((list[i].online ? "+" : "-") + std::string(list[i].user_id));
  }
  return ids;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Ring, GivesWhatCameAfterANumberInOrder) {
  Ring feed(kEpoch, 100);
  EXPECT_EQ(feed.last(), 0u);
  EXPECT_THAT(ids_after(feed, 0), IsEmpty());
  come(feed, "ann");
  come(feed, "bob");
  go(feed, "ann");
  EXPECT_EQ(feed.last(), 3u);
  EXPECT_THAT(ids_after(feed, 0), ElementsAre("+ann", "+bob", "-ann"));
  EXPECT_THAT(ids_after(feed, 1), ElementsAre("+bob", "-ann"));
  EXPECT_THAT(ids_after(feed, 1, 1), ElementsAre("+bob"));
  EXPECT_THAT(ids_after(feed, 3), IsEmpty());
}

TEST(Ring, KeepsAllThatIsKnownOfAChange) {
  Ring feed(kEpoch, 100);
  const Change online{"ann", true, kNow, "a@example.com", std::nullopt, {}};
  const Change offline{"ann", false, kNow + seconds(9), std::nullopt, std::nullopt, kNow + seconds(5)};
  feed.add(online);
  feed.add(offline);
  ChangeList list;
  ASSERT_TRUE(feed.read(0, 9, list));
  EXPECT_EQ(list[0], online);
  EXPECT_EQ(list[1], offline);
}

TEST(Ring, TellsADetailThatIsEmptyFromOneThatIsNotKnown) {
  Ring feed(kEpoch, 100);
  feed.add({"ann", true, kNow, "", std::nullopt, {}});
  ChangeList list;
  ASSERT_TRUE(feed.read(0, 9, list));
  EXPECT_EQ(list[0].email, "");
  EXPECT_EQ(list[0].role, std::nullopt);
}

TEST(Ring, LeavesOutADetailThatIsTooLong) {
  Ring feed(kEpoch, 100);
  const std::string longest(presence::kMaxDetailBytes, 'e');
  const std::string longer(presence::kMaxDetailBytes + 1, 'r');
  feed.add({"ann", true, kNow, longest, longer, {}});
  ChangeList list;
  ASSERT_TRUE(feed.read(0, 9, list));
  EXPECT_EQ(list[0].email, longest);
  EXPECT_EQ(list[0].role, std::nullopt);
}

TEST(Ring, ForgetsTheOldestAndSaysSo) {
  Ring feed(kEpoch, 3);
  for (const char* user : {"a", "b", "c", "d"}) come(feed, user);
  EXPECT_THAT(ids_after(feed, 1), ElementsAre("+b", "+c", "+d"));
  EXPECT_FALSE(feed.remembers_after(0));
  ChangeList list;
  EXPECT_FALSE(feed.read(0, 9, list));
  EXPECT_TRUE(list.empty());
}

TEST(Ring, GoesOnForLongerThanItsRingIs) {
  for (const std::size_t limit : {1, 255, 256, 257, 511, 512, 513, 1000}) {
    Ring feed(kEpoch, limit);
    for (std::size_t i = 1; i <= 5000; ++i) come(feed, std::to_string(i));
    const auto ids = ids_after(feed, 5000 - limit);
    ASSERT_EQ(ids.size(), limit);
    EXPECT_EQ(ids.front(), "+" + std::to_string(5000 - limit + 1));
    EXPECT_EQ(ids.back(), "+5000");
    EXPECT_FALSE(feed.remembers_after(5000 - limit - 1));
  }
}

TEST(Ring, KeepsFewerChangesOfLongTexts) {
  constexpr std::size_t kLimit = 10'000;
  Ring feed(kEpoch, kLimit);
  const std::string email(presence::kMaxDetailBytes, 'e');
  for (std::size_t i = 0; i < kLimit; ++i) feed.add({"ann", true, kNow, email, email, {}});
  EXPECT_FALSE(feed.remembers_after(0));
  EXPECT_TRUE(feed.remembers_after(feed.last() - 1000));
  // Short ones again: as many as ever.
  for (std::size_t i = 0; i < 2 * kLimit; ++i) go(feed, "ann");
  EXPECT_EQ(ids_after(feed, feed.last() - kLimit).size(), kLimit);
}

TEST(Ring, AListMayBeFilledAgainAndAgain) {
  Ring feed(kEpoch, 100);
  come(feed, "ann");
  go(feed, "ann");
  ChangeList list;
  for (int i = 0; i < 3; ++i) {
    list.clear();
    ASSERT_TRUE(feed.read(1, 9, list));
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0].user_id, "ann");
  }
}

TEST(FeedCursor, LeadsBackToItsNumber) {
  Ring feed(kEpoch, 3);
  EXPECT_EQ(feed.cursor(0), "00abcdef12345678-0");
  EXPECT_EQ(*feed.find("00abcdef12345678-0"), 0u);
  for (const char* user : {"a", "b", "c", "d"}) come(feed, user);
  EXPECT_EQ(*feed.find(feed.cursor(4)), 4u);
  EXPECT_EQ(*feed.find(feed.cursor(1)), 1u);
}

TEST(FeedCursor, HasFallenBehindIfItIsTooOld) {
  Ring feed(kEpoch, 3);
  for (const char* user : {"a", "b", "c", "d"}) come(feed, user);
  EXPECT_EQ(feed.find(feed.cursor(0)).error(), FeedGap::fell_behind);
}

TEST(FeedCursor, IsUnknownIfItIsOfAnotherStart) {
  Ring feed(kEpoch, 3), earlier(kEpoch + 1, 3);
  come(feed, "a");
  come(earlier, "a");
  EXPECT_EQ(feed.find(earlier.cursor(1)).error(), FeedGap::unknown);
}

TEST(FeedCursor, IsUnknownIfNobodyGaveIt) {
  Ring feed(kEpoch, 3);
  come(feed, "a");
  const std::string mine = feed.cursor(1);
  const std::string epoch = mine.substr(0, 16);
  std::vector<std::string> hostile = {"",
                                      "-",
                                      "1",
                                      "-1",
                                      epoch,
                                      epoch + "-",
                                      epoch + "1",
                                      epoch + "--1",
                                      epoch + "-+1",
                                      epoch + "- 1",
                                      epoch + "-1 ",
                                      epoch + "-01",
                                      epoch + "-00",
                                      epoch + "-0x1",
                                      epoch + "-1.0",
                                      epoch + "-1e0",
                                      epoch + "-2",  // to come
                                      epoch + "-18446744073709551615",
                                      epoch + "-18446744073709551616",
                                      epoch + "-18446744073709551617",
                                      epoch + "-" + std::string(100'000, '9'),
                                      epoch + "-" + std::string(100'000, '0') + "1",
                                      " " + mine,
                                      mine + "\n",
                                      mine + "," + mine,
                                      "0xabcdef12345678-1",
                                      "abcdef12345678-1",
                                      "00ABCDEF12345678-1",
                                      "\xFF\xFE",
                                      std::string(1 << 20, 'a')};
  hostile.push_back(mine + std::string(1, '\0'));
  hostile.push_back(std::string(1, '\0') + mine);
  for (const std::string& cursor : hostile) {
    const auto found = feed.find(cursor);
    ASSERT_FALSE(found.ok()) << cursor.substr(0, 100);
    EXPECT_EQ(found.error(), FeedGap::unknown) << cursor.substr(0, 100);
  }
}

TEST(FeedDeath, ANumberThatIsStillToComeIsOurBug) {
  Ring feed(kEpoch, 3);
  ChangeList list;
  EXPECT_DEATH(feed.read(1, 9, list), "after <= last_");
}

}  // namespace
}  // namespace rollcall::feed
