#include "server/http/waiting.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "server/http/pipe.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;

// Entries only: they are never asked for what their pipe is.
Pipe& pipe_of_nobody() {
  alignas(Pipe) static std::byte place[sizeof(Pipe)];
  return *reinterpret_cast<Pipe*>(place);
}

struct WaitingListTest : testing::Test {
  Instant later() { return now += milliseconds(1); }

  Instant now{};
  Counters counters;
  std::unique_ptr<WaitingList> list = std::make_unique<WaitingList>(counters);
  Waiting first{*list, pipe_of_nobody()}, second{*list, pipe_of_nobody()};
};

TEST_F(WaitingListTest, TheOneThatHasWaitedLongestMakesRoom) {
  first.begin(later());
  second.begin(later());
  EXPECT_EQ(list->victim(later()), &first);
  first.begin(later());
  EXPECT_EQ(list->victim(later()), &second);
}

TEST_F(WaitingListTest, WhoMadeARequestDoesNotMakeRoom) {
  first.begin(later());
  second.begin(later());
  first.end();
  EXPECT_EQ(list->victim(later()), &second);
  second.end();
  EXPECT_EQ(list->victim(later()), nullptr);
}

TEST_F(WaitingListTest, WhoCameInThisTurnDoesNotMakeRoom) {
  first.begin(later());
  EXPECT_EQ(list->victim(now), nullptr);
}

TEST_F(WaitingListTest, TheyAreCounted) {
  first.begin(later());
  second.begin(later());
  first.begin(later());
  EXPECT_EQ(counters.value(Count::waiting), 2U);
  first.end();
  EXPECT_EQ(counters.value(Count::waiting), 1U);
}

TEST_F(WaitingListTest, AnEntryMayOutliveItsList) {
  first.begin(later());
  list.reset();
}

}  // namespace
}  // namespace rollcall::server
