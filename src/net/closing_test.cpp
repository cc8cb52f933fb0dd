#include <gtest/gtest.h>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

TEST(Closing, SendsWhatIsQueuedBeforeTheEnd) {
  Loop loop;
  Accepted accepted(loop);
  accepted.connection->send(std::string("the last answer"));
  accepted.connection->close_after_flush();
  EXPECT_TRUE(turn_until(loop, [&] { return accepted.peer->read(), accepted.peer->eof; }));
  EXPECT_EQ(accepted.peer->received, "the last answer");
  EXPECT_TRUE(accepted.handler.closed.empty());
  accepted.peer->close();
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
  EXPECT_EQ(accepted.handler.closed.size(), 1U);
  EXPECT_EQ(accepted.handler.ends, 0);
}

TEST(Closing, DoesNotLoseTheAnswerToAResetWhenThePeerIsStillSending) {
  Loop loop;
  Accepted accepted(loop);
  accepted.handler.bytes_hook = [&](std::span<char>) {
    accepted.connection->send(std::string("413"));
    accepted.connection->close_after_flush();
  };
  const std::string upload(100'000, 'u');
  std::size_t sent = 0;
  EXPECT_TRUE(turn_until(
      loop,
      [&] {
        if (sent < 3'000'000) sent += accepted.peer->write(upload);
        accepted.peer->read();
        return accepted.peer->eof && sent >= 3'000'000;
      },
      20'000));
  EXPECT_EQ(accepted.peer->received, "413");
  EXPECT_FALSE(accepted.peer->reset);
}

TEST(Closing, IgnoresWhatIsSentOrReceivedAfterwards) {
  Loop loop;
  Accepted accepted(loop);
  accepted.connection->send(std::string("one"));
  accepted.connection->close_after_flush();
  accepted.connection->send(std::string("two"));
  accepted.connection->send(frame("three"));
  accepted.connection->close_after_flush();
  accepted.peer->write("too late");
  EXPECT_TRUE(turn_until(loop, [&] { return accepted.peer->read(), accepted.peer->eof; }));
  EXPECT_EQ(accepted.peer->received, "one");
  accepted.peer->close();
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
  EXPECT_EQ(accepted.handler.bytes, "");
  EXPECT_EQ(accepted.handler.closed.size(), 1U);
}

TEST(Closing, DoesNotWaitForEverForAPeerThatKeepsTheConnectionOpen) {
  Loop loop;
  Accepted accepted(loop);
  loop.turn(milliseconds(0));
  const Instant begin = loop.now();
  accepted.connection->close_after_flush();
  EXPECT_TRUE(turn_until(
      loop, [&] { return !accepted.handler.closed.empty(); }, 2000));
  EXPECT_GE(loop.now() - begin, milliseconds(1900));
  EXPECT_EQ(accepted.handler.closed[0], CloseCause::local);
}

TEST(Closing, AbortIsAtOnceAndFinal) {
  Loop loop;
  Pair pair(loop);
  pair.handler.bytes_hook = [&](std::span<char>) {
    pair.connection->send(frame("never sent"));
    pair.connection->abort();
    pair.connection->abort();
    pair.connection->send(frame("nor this"));
  };
  pair.peer->write("x");
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
  pair.peer->read();
  EXPECT_EQ(pair.peer->received, "");
  EXPECT_TRUE(pair.peer->eof);
  ASSERT_EQ(pair.handler.closed.size(), 1U);
  EXPECT_EQ(pair.handler.closed[0], CloseCause::local);
}

TEST(Closing, AHandlerMayCloseItselfAndOthersFromAnyCallback) {
  Loop loop;
  Pair first(loop);
  Pair second(loop);
  Pair third(loop);
  first.handler.bytes_hook = [&](std::span<char>) { second.connection->abort(); };
  second.handler.closed_hook = [&] { third.connection->abort(); };
  third.handler.closed_hook = [&] { first.connection->abort(); };
  // All three are ready in the same turn, whichever of them comes first.
  first.peer->write("x");
  second.peer->write("x");
  third.peer->write("x");
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
  EXPECT_EQ(first.handler.closed.size(), 1U);
  EXPECT_EQ(second.handler.closed.size(), 1U);
  EXPECT_EQ(third.handler.closed.size(), 1U);
}

TEST(Closing, AHandlerThatIsDestroyedByItsLastCallIsNotTouchedAgain) {
  Loop loop;
  Pair pair(loop);
  auto owned = std::make_unique<Recorder>();
  owned->bytes_hook = [&](std::span<char>) { pair.connection->close_after_flush(); };
  owned->closed_hook = [&] { loop.defer([&] { owned.reset(); }); };
  pair.connection->set_handler(owned.get());
  pair.peer->write("x");
  loop.turn(milliseconds(0));
  pair.peer->close();
  EXPECT_TRUE(turn_until(loop, [&] { return owned == nullptr && loop.connections() == 0; }));
  pair.connection = nullptr;
}

TEST(Closing, TheOverflowOfOneReachesOthersInTheSameTurn) {
  Loop loop;
  Accepted slow(loop, 1000, 4096);
  Pair other(loop);
  slow.handler.closed_hook = [&] { other.connection->send(frame("someone left")); };
  slow.connection->send(frame(std::string(8'000'000, 'x')));
  loop.turn(milliseconds(0));
  slow.connection->send(frame(std::string(2000, 'x')));
  loop.turn(milliseconds(0));
  other.peer->read();
  EXPECT_EQ(other.peer->received, "someone left");
}

TEST(Closing, TheEndOfTheLoopClosesEveryConnection) {
  Recorder handler;
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  Peer peer(ends[1]);
  {
    Loop loop;
    loop.adopt(Channel(ends[0]), 1000).set_handler(&handler);
  }
  peer.read();
  EXPECT_TRUE(peer.eof);
  ASSERT_EQ(handler.closed.size(), 1U);
  EXPECT_EQ(handler.closed[0], CloseCause::local);
}

}  // namespace
}  // namespace rollcall::net
