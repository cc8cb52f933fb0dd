// What a loop tells of itself: how long its turns take, how many bytes pass, whether it still turns.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <thread>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

constexpr std::size_t kLarge = 8'000'000;  // more than any socket holds

void be_busy(milliseconds time) {
  const Instant begin = Loop::read_clock();
  while (Loop::read_clock() - begin < time) {
  }
}

// Runs a loop on a thread, until it goes.
class Running {
 public:
  explicit Running(Loop& loop) : loop_(loop), thread_([&] { loop_.run(); }) {}
  ~Running() { end(); }
  void end() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  Loop& loop_;
  std::thread thread_;
};

TEST(Durations, AreCountedInTheRangeThatHoldsThem) {
  DurationCounter counter;
  counter.add(microseconds(0));
  counter.add(microseconds(50));
  counter.add(microseconds(51));
  counter.add(seconds(5), 3);
  counter.add(seconds(6));
  const base::Durations durations = counter.value();
  EXPECT_EQ(durations.counts.front(), 2U);
  EXPECT_EQ(durations.counts[1], 1U);
  EXPECT_EQ(durations.counts[durations.counts.size() - 2], 3U);
  EXPECT_EQ(durations.counts.back(), 1U);
  EXPECT_EQ(durations.count(), 7U);
  EXPECT_EQ(durations.total, microseconds(101) + seconds(21));
}

TEST(Durations, AddUp) {
  DurationCounter one, two;
  one.add(microseconds(10));
  two.add(microseconds(20));
  two.add(seconds(60));
  base::Durations all = one.value();
  all += two.value();
  EXPECT_EQ(all.counts.front(), 2U);
  EXPECT_EQ(all.counts.back(), 1U);
  EXPECT_EQ(all.total, microseconds(30) + seconds(60));
}

TEST(LoopCounters, EachTurnIsCountedWithItsTime) {
  Loop loop;
  std::vector<microseconds> told;
  loop.on_turn_end([&](microseconds took) { told.push_back(took); });
  loop.turn(milliseconds(0));
  loop.post([] { be_busy(milliseconds(6)); });
  loop.turn(milliseconds(0));
  const base::Durations turns = loop.counters().turns.value();
  EXPECT_EQ(turns.count(), 2U);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_GE(told[1], milliseconds(6));
  EXPECT_EQ(turns.total, told[0] + told[1]);
}

TEST(LoopCounters, WaitingIsNoPartOfATurn) {
  Loop loop;
  auto least = microseconds::max();  // another program may take the processor in any turn, but hardly in each
  loop.on_turn_end([&](microseconds took) { least = std::min(least, took); });
  for (int i = 0; i < 5; ++i) loop.turn(milliseconds(20));
  EXPECT_LT(least, milliseconds(20));
}

TEST(LoopCounters, TheWatcherIsCalledWhenTheTurnsOutputHasLeft) {
  Loop loop;
  Pair pair(loop);
  std::string seen;
  loop.on_turn_end([&](microseconds) {
    pair.peer->read();
    seen = pair.peer->received;
  });
  loop.defer([&] { pair.connection->send(frame("out")); });
  loop.turn(milliseconds(0));
  EXPECT_EQ(seen, "out");
}

TEST(LoopCounters, BytesAreCountedBothWays) {
  Loop loop;
  Pair pair(loop);
  pair.handler.bytes_hook = [&](std::span<char>) { pair.connection->send(frame("four")); };
  pair.peer->write("sixsix");
  EXPECT_TRUE(turn_until(loop, [&] { return pair.peer->read(), !pair.peer->received.empty(); }));
  EXPECT_EQ(loop.counters().bytes_received.value(), 6U);
  EXPECT_EQ(loop.counters().bytes_sent.value(), 4U);
  EXPECT_EQ(loop.counters().bytes_waiting.value(), 0U);
}

TEST(LoopCounters, BytesThatAPeerDoesNotReadAreWaiting) {
  Loop loop;
  Accepted accepted(loop, 2 * kLarge);
  accepted.connection->send(frame(std::string(kLarge, 'x')));
  loop.turn(milliseconds(0));
  EXPECT_GT(loop.counters().bytes_sent.value(), 0U);
  EXPECT_EQ(loop.counters().bytes_waiting.value(), accepted.connection->unsent());
  EXPECT_EQ(loop.counters().bytes_waiting.value(), kLarge - loop.counters().bytes_sent.value());
  std::size_t read = 0;
  EXPECT_TRUE(turn_until(
      loop,
      [&] {
        accepted.peer->received.clear();
        accepted.peer->read(kLarge);
        read += accepted.peer->received.size();
        return read == kLarge;
      },
      100'000));
  EXPECT_EQ(loop.counters().bytes_waiting.value(), 0U);
  EXPECT_EQ(loop.counters().bytes_sent.value(), kLarge);
}

TEST(LoopCounters, BytesOfAConnectionThatEndsAreNotWaitingAnyMore) {
  Loop loop;
  Accepted accepted(loop, 1000, 4096);
  accepted.connection->send(frame(std::string(kLarge, 'x')));
  loop.turn(milliseconds(0));
  accepted.connection->send(frame(std::string(2000, 'y')));  // beyond the limit
  loop.turn(milliseconds(0));
  ASSERT_EQ(accepted.handler.closed.size(), 1U);
  EXPECT_EQ(loop.counters().bytes_waiting.value(), 0U);
}

TEST(LoopCounters, BytesThatLeaveInTheMiddleOfATurnAreCountedOnce) {
  Loop loop;
  Pair pair(loop, 10);
  for (int i = 0; i < 100; ++i) pair.connection->send(frame("0123456789"));  // the backlog is relieved
  loop.turn(milliseconds(0));
  EXPECT_EQ(loop.counters().bytes_sent.value(), 1000U);
  EXPECT_EQ(loop.counters().bytes_waiting.value(), 0U);
}

TEST(LoopCounters, WhatIsUnsentWaitsWhereTheConnectionHasGone) {
  Recorder second;
  Loop one, two;
  Accepted accepted(one, 1 << 20);
  accepted.connection->send(frame("unsent"));
  auto channel = accepted.connection->release();
  ASSERT_TRUE(channel);
  accepted.handler.closed.push_back(CloseCause::local);  // its connection is no more
  EXPECT_EQ(one.counters().bytes_waiting.value(), 0U);
  two.adopt(std::move(*channel), 1 << 20).set_handler(&second);
  EXPECT_EQ(two.counters().bytes_waiting.value(), 6U);
  two.turn(milliseconds(0));
  EXPECT_EQ(two.counters().bytes_waiting.value(), 0U);
  EXPECT_EQ(two.counters().bytes_sent.value(), 6U);
}

TEST(Pulse, SaysWhatTheLoopIsAtAndSinceWhen) {
  Loop loop;
  EXPECT_EQ(loop.pulse().state, Pulse::State::not_begun);
  Pulse::Reading inside;
  Instant now;
  loop.post([&] {
    inside = loop.pulse();
    now = loop.now();
  });
  loop.turn(milliseconds(0));
  EXPECT_EQ(inside.state, Pulse::State::busy);
  EXPECT_EQ(inside.at, now);
}

TEST(Pulse, SaysByWhenALoopThatWaitsWillTurn) {
  Loop loop;
  const Instant before = Loop::read_clock();
  loop.turn(milliseconds(5));
  const Pulse::Reading after = loop.pulse();  // of a turn that has ended: nobody waits on yet
  EXPECT_EQ(after.state, Pulse::State::busy);
  std::promise<void> turned;
  Running running(loop);
  loop.post([&] { turned.set_value(); });
  turned.get_future().wait();
  Pulse::Reading reading = loop.pulse();
  for (const Instant end = Loop::read_clock() + seconds(10);
       reading.state != Pulse::State::waiting && Loop::read_clock() < end;) {
    reading = loop.pulse();
  }
  EXPECT_EQ(reading.state, Pulse::State::waiting);
  EXPECT_GT(reading.at, before);
  EXPECT_LE(reading.at, Loop::read_clock() + seconds(60));
}

TEST(Pulse, ALoopThatIsStuckStaysBusySinceThen) {
  Loop loop;
  std::promise<Instant> entered;
  std::promise<void> go_on;
  Running running(loop);
  loop.post([&] {
    entered.set_value(loop.now());
    go_on.get_future().wait();
  });
  const Instant since = entered.get_future().get();
  EXPECT_EQ(loop.pulse().state, Pulse::State::busy);
  EXPECT_EQ(loop.pulse().at, since);
  go_on.set_value();
}

TEST(Pulse, EndsWithTheLoop) {
  Loop loop;
  Running running(loop);
  running.end();
  EXPECT_EQ(loop.pulse().state, Pulse::State::ended);
}

}  // namespace
}  // namespace rollcall::net
