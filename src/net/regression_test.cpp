// Bugs that were found in the layer and mended; each test failed before.
#include <gtest/gtest.h>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {
using namespace test;

TEST(NetRegression, TheRequestAndTheEndOfALostPollComeBeforeTheRequestOfAnother) {
  for (const bool first : {true, false}) {
    Loop loop;
    Pair one(loop);
    Pair two(loop);
    Pair& gone = first ? one : two;
    Pair& alive = first ? two : one;
    std::string order;
    gone.handler.bytes_hook = [&](std::span<char>) { order += "poll "; };
    gone.handler.end_hook = [&] { order += "gone "; };
    alive.handler.bytes_hook = [&](std::span<char>) { order += "request "; };
    alive.peer->write("x");
    gone.peer->write("x");
    gone.peer->close();
    EXPECT_TRUE(turn_until(loop, [&] { return order.size() >= 18; }));
    EXPECT_EQ(order, "poll gone request ");
  }
}

TEST(NetRegression, WhatIsDeferredOrSentBetweenTurnsDoesNotWaitForAnEvent) {
  Loop loop;
  Pair pair(loop);
  loop.turn(milliseconds(0));
  const Instant before = loop.now();
  pair.connection->send(frame("now"));
  loop.turn(seconds(20));
  pair.peer->read();
  EXPECT_EQ(pair.peer->received, "now");
  EXPECT_LT(loop.now() - before, seconds(10));
}

TEST(NetRegression, LocalhostIsNotListenedOnInPart) {
  Loop loop;
  ListenerOptions options;
  options.address = "127.0.0.1:0";
  auto first = Listener::open(loop, options, [](Channel) {});
  ASSERT_TRUE(first.ok());
  options.address = "localhost" + (*first)->address().substr((*first)->address().rfind(':'));
  auto second = Listener::open(loop, options, [](Channel) {});
  EXPECT_FALSE(second.ok()) << (*second)->address();
}

TEST(NetRegression, AnEmptyFrameIsNoEndlessLoop) {
  Loop loop;
  Pair pair(loop);
  pair.connection->send(frame(""));
  pair.connection->send(frame("next"));
  EXPECT_TRUE(turn_until(loop, [&] {
    pair.peer->read();
    return pair.peer->received == "next";
  }));
}

}  // namespace
}  // namespace rollcall::net
