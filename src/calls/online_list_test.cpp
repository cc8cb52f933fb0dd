#include "calls/online_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/iso8601.hpp"

namespace rollcall::calls {
namespace {

using testing::HasSubstr;
using testing::Not;

class OnlineListTest : public testing::Test {
 protected:
  void apply(const presence::Command& command) {
    wall_ += milliseconds(1);
    core_.apply(command, Instant{seconds(1)}, wall_, changes_);
  }
  void come(presence::ConnectionId connection, const std::string& user) {
    apply(presence::Connect{connection, user, {user + "@example.com", "tester", {}}});
  }

  WallTime wall_ = wall_time(1'700'000'000'000);
  presence::Core core_{presence::Settings{}};
  std::vector<presence::UserChanged> changes_;
};

TEST_F(OnlineListTest, IsEmptyIfNobodyIsOnline) {
  OnlineList list(10);
  const OnlineListPage page = list.page(core_);
  EXPECT_EQ(*page.users, "[]");
  EXPECT_EQ(page.count, 0U);
  EXPECT_EQ(page.next_cursor, std::nullopt);
}

TEST_F(OnlineListTest, BroughtUpToDateIsWhatANewOneWouldWrite) {
  OnlineList list(10);
  for (presence::ConnectionId i = 1; i <= 5; ++i) {
    come(i, "user" + std::to_string(i));
    EXPECT_EQ(*list.page(core_).users, *OnlineList(10).page(core_).users);
  }
  for (presence::ConnectionId i : {3U, 5U, 1U, 3U}) {
    apply(presence::Activity{i});
    EXPECT_EQ(*list.page(core_).users, *OnlineList(10).page(core_).users);
  }
  apply(presence::Disconnect{2, presence::Ending::client_goodbye});
  EXPECT_EQ(*list.page(core_).users, *OnlineList(10).page(core_).users);
  EXPECT_THAT(*list.page(core_).users, Not(HasSubstr("user2")));
}

TEST_F(OnlineListTest, PatchesItsTextOnlyWhereNobodyReadsIt) {
  OnlineList list(10);
  come(1, "ann");
  OnlineListPage first = list.page(core_);
  const std::string before = *first.users;
  const std::string* const place = first.users.get();
  apply(presence::Activity{1});
  OnlineListPage second = list.page(core_);
  EXPECT_EQ(*first.users, before);
  EXPECT_NE(*second.users, before);
  EXPECT_NE(second.users.get(), place);
  const std::string* const second_place = second.users.get();
  second.users.reset();
  apply(presence::Activity{1});
  EXPECT_EQ(list.page(core_).users.get(), second_place);
  EXPECT_EQ(*first.users, before);
}

TEST_F(OnlineListTest, IsCutAtItsLimitAndLeadsOnFromThere) {
  OnlineList list(2);
  come(1, "ann");
  come(2, "bob");
  EXPECT_EQ(list.page(core_).next_cursor, std::nullopt);
  come(3, "cid");
  const OnlineListPage page = list.page(core_);
  EXPECT_EQ(page.count, 3U);
  EXPECT_THAT(*page.users, Not(HasSubstr("cid")));
  ASSERT_TRUE(page.next_cursor);
  const auto next = core_.online(2, *page.next_cursor);
  ASSERT_TRUE(next.ok());
  ASSERT_EQ(next->users.size(), 1U);
  EXPECT_EQ(next->users[0].user_id, "cid");
  apply(presence::Activity{3});  // beyond the cut
  EXPECT_EQ(*list.page(core_).users, *page.users);
}

TEST_F(OnlineListTest, IsReadWhileOthersBringItUpToDate) {
  constexpr presence::ConnectionId kUsers = 3;
  OnlineList list(10);
  for (presence::ConnectionId i = 1; i <= kUsers; ++i) come(i, "user" + std::to_string(i));
  std::atomic<int> torn = 0;
  std::vector<std::thread> threads;
  for (presence::ConnectionId i = 1; i <= kUsers; ++i) {
    threads.emplace_back([&, i, now = wall_ + seconds(i)] {
      for (int k = 1; k <= 300; ++k) {
        core_.touch(i, now + milliseconds(k));
        const OnlineListPage page = list.page(core_);
        const std::string text = *page.users;
        EXPECT_THAT(text, HasSubstr(base::iso8601(now + milliseconds(k))));
        std::this_thread::yield();
        if (*page.users != text) ++torn;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace rollcall::calls
