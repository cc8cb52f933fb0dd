// A connection goes from one loop to another, with all that is still to be sent and read.
#include <gtest/gtest.h>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

TEST(Channel, ClosesItsDescriptorUnlessThatWasTaken) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  Peer peer(ends[1]);
  {
    Channel first(ends[0]);
    Channel second(std::move(first));
    EXPECT_EQ(first.descriptor, -1);
    EXPECT_EQ(second.descriptor, ends[0]);
    EXPECT_FALSE((peer.read(), peer.eof));
  }
  peer.read();
  EXPECT_TRUE(peer.eof);
}

TEST(Release, TheConnectionGoesOnInAnotherLoop) {
  Loop one, two;
  Accepted accepted(one);
  Recorder second;
  Connection* there = nullptr;
  accepted.handler.bytes_hook = [&](std::span<char>) {
    accepted.connection->send(frame("before "));
    auto channel = accepted.connection->release();
    ASSERT_TRUE(channel);
    there = &two.adopt(std::move(*channel), 1 << 20);
    there->set_handler(&second);
    there->send(frame("after"));
  };
  accepted.peer->write("go");
  EXPECT_TRUE(turn_until(one, [&] { return there != nullptr; }));
  EXPECT_EQ(one.connections(), 0U);
  EXPECT_EQ(two.connections(), 1U);
  EXPECT_TRUE(accepted.handler.closed.empty());
  accepted.handler.closed.push_back(CloseCause::local);  // its connection is no more
  EXPECT_EQ(there->peer_address(), "127.0.0.1");
  accepted.peer->write("more");
  const auto done = [&] {
    accepted.peer->read();
    return accepted.peer->received == "before after" && second.bytes == "more";
  };
  EXPECT_TRUE(turn_until(two, done));
  accepted.peer->close();
  EXPECT_TRUE(turn_until(two, [&] { return second.closed.size() == 1; }));
}

TEST(Release, TheOldHandlerHearsNoMoreThoughMoreHadComeInTheSameTurn) {
  Loop loop;
  Pair pair(loop);
  std::optional<Channel> channel;
  pair.handler.bytes_hook = [&](std::span<char>) { channel.emplace(*pair.connection->release()); };
  pair.peer->write("x");
  pair.peer->close();
  EXPECT_TRUE(turn_until(loop, [&] { return channel.has_value(); }));
  for (int i = 0; i < 3; ++i) loop.turn(milliseconds(0));
  EXPECT_EQ(pair.handler.bytes, "x");
  EXPECT_EQ(pair.handler.ends, 0);
  EXPECT_TRUE(pair.handler.closed.empty());
  pair.connection = nullptr;
}

TEST(Release, NothingOfAConnectionThatIsClosing) {
  Loop loop;
  Pair pair(loop);
  pair.connection->send(frame("last"));
  pair.connection->close_after_flush();
  EXPECT_FALSE(pair.connection->release());
  EXPECT_TRUE(turn_until(loop, [&] { return pair.peer->read(), pair.peer->received == "last"; }));
}

TEST(Release, WhatIsUnsentGoesWithItInOrder) {
  Loop one, two;
  Pair pair(one, 8 << 20);
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    const std::string text(50'000, static_cast<char>('a' + i % 26));
    expected += text;
    pair.connection->send(frame(text));
  }
  one.turn(milliseconds(0));
  ASSERT_TRUE(pair.connection->congested());
  auto channel = pair.connection->release();
  ASSERT_TRUE(channel);
  EXPECT_FALSE(channel->unsent.empty());
  pair.connection = &two.adopt(std::move(*channel), 8 << 20);
  pair.connection->set_handler(&pair.handler);
  pair.connection->send(frame("end"));
  expected += "end";
  one.turn(milliseconds(0));
  EXPECT_TRUE(
      turn_until(two, [&] { return pair.peer->read(), pair.peer->received.size() >= expected.size(); }));
  EXPECT_EQ(pair.peer->received, expected);
  pair.connection->set_handler(nullptr);
  pair.connection = nullptr;
}

TEST(Release, NothingOfAConnectionWhosePeerDoesNotReadAndThatIsClosedForIt) {
  Loop loop;
  Pair pair(loop, 100'000);
  pair.connection->send(std::string(2'000'000, 'x'));  // one frame may be as large as it likes
  EXPECT_FALSE(pair.connection->release());
  ASSERT_EQ(pair.handler.closed.size(), 1U);
  EXPECT_EQ(pair.handler.closed[0], CloseCause::overflow);
}

}  // namespace
}  // namespace rollcall::net
