// What the connections of a loop send in one turn, by either sender.
#include "net/send_batch.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

class Sender : public testing::TestWithParam<bool> {
 protected:
  Sender() : loop(GetParam()) {}
  void SetUp() override {
    // Containers often forbid it; that `send` is used then, the other half of these tests shows.
    if (GetParam() && !loop.uses_io_uring()) GTEST_SKIP() << "io_uring is not to be had here";
  }
  Pair& pair(std::size_t backlog_limit = 1 << 20) {
    return *pairs.emplace_back(std::make_unique<Pair>(loop, backlog_limit));
  }
  // What has come to the peer when nothing more does.
  bool comes(Pair& to, const std::string& expected) {
    turn_until(loop, [&] { return to.peer->read(), to.peer->received.size() >= expected.size(); });
    return to.peer->received == expected;
  }

  Loop loop;
  std::vector<std::unique_ptr<Pair>> pairs;
};

INSTANTIATE_TEST_SUITE_P(Both, Sender, testing::Values(false, true),
                         [](const auto& with) { return with.param ? "Ring" : "Plain"; });

TEST_P(Sender, SendsToManyInOneTurn) {
  constexpr int kMany = 200;
  for (int i = 0; i < kMany; ++i) pair();
  for (int i = 0; i < kMany; ++i) pairs[i]->connection->send(frame(std::to_string(i)));
  loop.turn(milliseconds(0));
  for (int i = 0; i < kMany; ++i) {
    pairs[i]->peer->read();
    EXPECT_EQ(pairs[i]->peer->received, std::to_string(i));
  }
}

TEST_P(Sender, SendsSmallFramesTogetherAndKeepsTheOrderOfAll) {
  for (int i = 0; i < 8; ++i) pair();
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const std::string text(static_cast<std::size_t>(i % 50 == 49 ? 100'000 : 1 + i % 7),
                           static_cast<char>('a' + i % 26));
    expected += text;
    for (const auto& one : pairs) one->connection->send(frame(text));
  }
  for (const auto& one : pairs) EXPECT_TRUE(comes(*one, expected));
}

// More small frames than a batch has room to put them together.
TEST_P(Sender, SendsABatchThatIsFullAndGoesOn) {
  for (int i = 0; i < 30; ++i) pair();
  std::string expected;
  for (int i = 0; i < 60; ++i) {
    const std::string text(1000, static_cast<char>('a' + i % 26));
    expected += text;
    for (const auto& one : pairs) one->connection->send(frame(text));
  }
  for (const auto& one : pairs) EXPECT_TRUE(comes(*one, expected));
}

TEST_P(Sender, SendsTheRestWhenThePeerTakesMore) {
  for (int i = 0; i < 6; ++i) pair(64 << 20);
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string text(70'000 + static_cast<std::size_t>(i) * 1000, static_cast<char>('a' + i % 26));
    expected += text;
    for (const auto& one : pairs) one->connection->send(frame(text));
  }
  loop.turn(milliseconds(0));
  for (const auto& one : pairs) EXPECT_TRUE(one->connection->congested());
  // While some take nothing, others do.
  EXPECT_TRUE(comes(*pairs[3], expected));
  EXPECT_TRUE(pairs[0]->connection->congested());
  for (const auto& one : pairs) EXPECT_TRUE(comes(*one, expected));
  loop.turn(milliseconds(0));
  for (const auto& one : pairs) EXPECT_FALSE(one->connection->congested());
}

TEST_P(Sender, TellsOnlyTheConnectionThatIsBrokenOfItsFault) {
  for (int i = 0; i < 6; ++i) pair();
  for (const auto& one : pairs) one->connection->send(frame("x"));
  pairs[2]->peer->close();
  loop.turn(milliseconds(0));
  loop.turn(milliseconds(0));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i == 2) {
      EXPECT_EQ(pairs[i]->handler.closed.size(), 1U);
    } else {
      EXPECT_TRUE(pairs[i]->handler.closed.empty());
      EXPECT_TRUE(comes(*pairs[i], "x"));
    }
  }
}

TEST_P(Sender, AConnectionThatIsClosedBeforeTheFlushSendsNothingAndHarmsNobody) {
  for (int i = 0; i < 6; ++i) pair();
  for (const auto& one : pairs) one->connection->send(frame("x"));
  pairs[1]->connection->abort();
  pairs[4]->connection->close_after_flush();
  loop.turn(milliseconds(0));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i]->peer->read();
    EXPECT_EQ(pairs[i]->peer->received, i == 1 ? "" : "x") << i;
  }
  EXPECT_EQ(pairs[1]->handler.closed.size(), 1U);
}

// One's end may make others send, or end, while the batch tells of its results.
TEST_P(Sender, WhoSendsOrClosesWhenTheBatchTellsOfAFaultSpoilsNothing) {
  for (int i = 0; i < 6; ++i) pair();
  pairs[2]->handler.closed_hook = [&] {
    pairs[1]->connection->send(frame("y"));
    pairs[5]->connection->send(frame("y"));
    pairs[3]->connection->abort();
    pairs[4]->connection->close_after_flush();
  };
  shutdown(pairs[2]->peer->descriptor(), SHUT_RD);  // what is sent to it fails
  for (const auto& one : pairs) one->connection->send(frame("x"));
  EXPECT_TRUE(turn_until(loop, [&] { return !pairs[2]->handler.closed.empty(); }));
  EXPECT_TRUE(comes(*pairs[1], "xy"));
  EXPECT_TRUE(comes(*pairs[5], "xy"));
  EXPECT_TRUE(comes(*pairs[0], "x"));
  EXPECT_TRUE(comes(*pairs[4], "x"));
  EXPECT_EQ(pairs[3]->handler.closed.size(), 1U);
}

TEST_P(Sender, OneThatTakesNothingIsClosedForItsBacklogAndTheOthersAreServed) {
  for (int i = 0; i < 6; ++i) pair(100'000);
  const std::string text(50'000, 'x');
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    expected += text;
    for (const auto& one : pairs) {
      if (one->handler.closed.empty()) one->connection->send(frame(text));
    }
    for (std::size_t k = 1; k < pairs.size(); ++k) {
      turn_until(loop,
                 [&] { return pairs[k]->peer->read(), pairs[k]->peer->received.size() == expected.size(); });
    }
  }
  ASSERT_EQ(pairs[0]->handler.closed.size(), 1U);
  EXPECT_EQ(pairs[0]->handler.closed[0], CloseCause::overflow);
  for (std::size_t k = 1; k < pairs.size(); ++k) EXPECT_EQ(pairs[k]->peer->received, expected);
}

TEST_P(Sender, MoreConnectionsThanABatchHoldsAreAllServed) {
  constexpr std::size_t kMany = 1100;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 2 * kMany + 64) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 2 * kMany + 64);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ASSERT_GE(limit.rlim_cur, 2 * kMany + 64) << "raise ulimit -n: this test needs that many descriptors";
  }
  for (std::size_t i = 0; i < kMany; ++i) pair();
  for (const auto& one : pairs) {
    one->connection->send(frame("a"));
    one->connection->send(frame("b"));
  }
  loop.turn(milliseconds(0));
  std::size_t served = 0;
  for (const auto& one : pairs) {
    one->peer->read(16);
    served += one->peer->received == "ab";
  }
  EXPECT_EQ(served, kMany);
}

}  // namespace
}  // namespace rollcall::net
