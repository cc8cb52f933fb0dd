#include "net/output_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using test::frame;

std::string taken(OutputQueue& queue, std::size_t bytes) {
  std::string out(bytes, '\0');
  queue.copy(out.data(), bytes);
  queue.consume(bytes);
  return out;
}

TEST(OutputQueue, IsEmptyAtFirstAndAgainWhenAllHasGone) {
  OutputQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes_behind_first(), 0U);
  queue.push(frame("ab"));
  queue.push(frame("c"));
  EXPECT_EQ(queue.bytes(), 3U);
  EXPECT_EQ(queue.bytes_behind_first(), 1U);
  queue.consume(3);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0U);
  queue.push(frame("d"));
  EXPECT_EQ(queue.front(), "d");
}

TEST(OutputQueue, TheFrameThatIsBeingSentDoesNotCountAsBehindIt) {
  OutputQueue queue;
  queue.push(frame("abcdef"));
  queue.push(frame("gh"));
  queue.consume(4);
  EXPECT_EQ(queue.front(), "ef");
  EXPECT_EQ(queue.bytes_behind_first(), 2U);
}

TEST(OutputQueue, JoinsWholeFramesAsLongAsTheyFit) {
  OutputQueue queue;
  queue.push(frame("abcd"));
  EXPECT_EQ(queue.joinable(100), 0U);  // nothing to join
  queue.push(frame("ef"));
  queue.push(frame("ghi"));
  EXPECT_EQ(queue.joinable(100), 9U);
  EXPECT_EQ(queue.joinable(8), 6U);
  EXPECT_EQ(queue.joinable(6), 6U);
  EXPECT_EQ(queue.joinable(5), 0U);  // the first alone
  EXPECT_EQ(queue.joinable(3), 0U);
  queue.consume(3);
  EXPECT_EQ(queue.joinable(3), 3U);
  EXPECT_EQ(taken(queue, 3), "def");
}

TEST(OutputQueue, GivesBackWhatWasPutInHoweverItIsCut) {
  OutputQueue queue;
  std::string expected, got;
  unsigned seed = 1;
  const auto next = [&](unsigned limit) { return (seed = seed * 1103515245 + 12345) / 65536 % limit; };
  for (int i = 0; i < 2000; ++i) {
    for (unsigned k = next(4); k > 0; --k) {
      const std::string text(1 + next(40), static_cast<char>('a' + next(26)));
      expected += text;
      queue.push(frame(text));
    }
    EXPECT_EQ(queue.bytes(), expected.size() - got.size());
    if (!queue.empty()) got += taken(queue, std::min<std::size_t>(queue.bytes(), 1 + next(70)));
  }
  got += taken(queue, queue.bytes());
  EXPECT_EQ(got, expected);
  EXPECT_TRUE(queue.empty());
}

TEST(OutputQueue, ClearedItIsAsNew) {
  OutputQueue queue;
  for (const char* text : {"abc", "def", "ghi"}) queue.push(frame(text));
  queue.consume(4);
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0U);
  queue.push(frame("xyz"));
  queue.push(frame("!"));
  EXPECT_EQ(queue.joinable(10), 4U);
  EXPECT_EQ(taken(queue, 4), "xyz!");
}

}  // namespace
}  // namespace rollcall::net
