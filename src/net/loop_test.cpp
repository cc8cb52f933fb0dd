#include "net/loop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "net/test_peer.hpp"

namespace rollcall::net {
namespace {

using namespace test;

struct Alarm final : base::Timer {
  std::function<void(Instant)> rung;
  void on_timer(Instant now) override {
    if (rung) rung(now);
  }
};

TEST(Loop, FiresATimerAtItsDeadlineNotBefore) {
  Loop loop;
  Alarm alarm;
  std::optional<Instant> rang;
  alarm.rung = [&](Instant now) { rang = now; };
  const Instant deadline = loop.now() + milliseconds(30);
  loop.timers().arm(alarm, deadline);
  EXPECT_TRUE(turn_until(loop, [&] { return rang.has_value(); }));
  EXPECT_GE(*rang, deadline);
  EXPECT_EQ(*rang, loop.now());
}

TEST(Loop, WakesForATimerThoughItMayWaitLonger) {
  Loop loop;
  Alarm alarm;
  bool rang = false;
  alarm.rung = [&](Instant) { rang = true; };
  const Instant begin = loop.now();
  loop.timers().arm(alarm, begin + milliseconds(20));
  for (int turns = 0; turns < 50 && !rang; ++turns) loop.turn(seconds(20));
  EXPECT_TRUE(rang);
  EXPECT_LT(loop.now() - begin, seconds(10));
}

TEST(Loop, KnowsTheThreadThatRunsIt) {
  Loop loop;
  EXPECT_FALSE(loop.runs_here());
  std::atomic<bool> inside = false, outside = true;
  std::thread runner([&] {
    loop.post([&] {
      inside = loop.runs_here();
      std::thread([&] { outside = loop.runs_here(); }).join();
      loop.stop();
    });
    loop.run();
    EXPECT_FALSE(loop.runs_here());
  });
  runner.join();
  EXPECT_TRUE(inside);
  EXPECT_FALSE(outside);
}

TEST(Loop, KeepsItsTimeDuringATurn) {
  Loop loop;
  Pair pair(loop);
  const Instant before = loop.now();
  Instant first{}, second{};
  pair.handler.bytes_hook = [&](std::span<char>) {
    first = loop.now();
    const auto real = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - real < milliseconds(3)) {
    }
    second = loop.now();
  };
  pair.peer->write("x");
  EXPECT_TRUE(turn_until(loop, [&] { return first != Instant{}; }));
  EXPECT_GT(first, before);
  EXPECT_EQ(first, second);
}

TEST(Loop, KnowsTheWallTime) {
  Loop loop;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const WallTime real{std::chrono::duration_cast<milliseconds>(since)};
  EXPECT_LT(std::chrono::abs(loop.wall_now() - real), seconds(5));
}

TEST(Loop, RunsTimersThenReadsThenDeferredFunctionsThenSends) {
  Loop loop;
  Pair pair(loop);
  Alarm alarm;
  std::string order;
  alarm.rung = [&](Instant) { order += "timer "; };
  pair.handler.bytes_hook = [&](std::span<char>) {
    order += "read ";
    loop.defer([&] {
      order += "deferred ";
      pair.connection->send(frame("sent"));
    });
  };
  loop.timers().arm(alarm, loop.now());
  pair.peer->write("x");
  EXPECT_TRUE(turn_until(loop, [&] { return pair.peer->read(), !pair.peer->received.empty(); }));
  EXPECT_EQ(order, "timer read deferred ");
  EXPECT_EQ(pair.peer->received, "sent");
}

TEST(Loop, RunsWhatADeferredFunctionDefersInTheSameTurn) {
  Loop loop;
  std::string order;
  loop.post([&] {
    loop.defer([&] {
      order += "a";
      loop.defer([&] { order += "b"; });
    });
    order += "posted ";
  });
  loop.turn(milliseconds(100));
  EXPECT_EQ(order, "posted ab");
}

// So that a long poll whose client has gone is known before the next request for its session.
TEST(Loop, HandlesHangUpsBeforeOtherReads) {
  for (const bool hung_up_first : {true, false}) {
    Loop loop;
    Pair one(loop);
    Pair two(loop);
    Pair& gone = hung_up_first ? one : two;
    Pair& alive = hung_up_first ? two : one;
    std::string order;
    gone.handler.end_hook = [&] { order += "gone "; };
    alive.handler.bytes_hook = [&](std::span<char>) { order += "request "; };
    alive.peer->write("x");
    gone.peer->close();
    EXPECT_TRUE(turn_until(loop, [&] { return order.size() >= 13; }));
    EXPECT_EQ(order, "gone request ");
  }
}

TEST(Loop, AcceptsAfterItHasReadFromOthers) {
  Recorder accepted;
  Loop loop;
  std::string order;
  ListenerOptions options;
  options.address = "127.0.0.1:0";
  auto listener = Listener::open(loop, options, [&](Channel channel) {
    order += "accept ";
    loop.adopt(std::move(channel), 1 << 20).set_handler(&accepted);
  });
  ASSERT_TRUE(listener.ok());
  Pair pair(loop);
  pair.handler.bytes_hook = [&](std::span<char>) { order += "read "; };
  const auto client = Peer::connect((*listener)->address());
  ASSERT_NE(client, nullptr);
  pair.peer->write("x");
  EXPECT_TRUE(turn_until(loop, [&] { return order.size() >= 12; }));
  EXPECT_EQ(order, "read accept ");
}

TEST(Loop, RunsWhatOtherThreadsPostInOrderOnItsOwnThread) {
  Loop loop;
  constexpr int kThreads = 4;
  constexpr int kPosts = 500;
  std::vector<std::vector<int>> seen(kThreads);
  const auto owner = std::this_thread::get_id();
  int foreign = 0;
  int total = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kPosts; ++i) {
        loop.post([&, t, i] {
          foreign += std::this_thread::get_id() == owner ? 0 : 1;
          seen[static_cast<std::size_t>(t)].push_back(i);
          if (++total == kThreads * kPosts) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(foreign, 0);
  EXPECT_EQ(total, kThreads * kPosts);
  for (const auto& order : seen) EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Loop, StopsWhenAnotherThreadAsksItTo) {
  Loop loop;
  std::atomic<bool> running = false;
  loop.post([&] { running = true; });
  std::thread other([&] {
    while (!running) std::this_thread::yield();
    loop.stop();
  });
  loop.run();
  other.join();
  EXPECT_TRUE(running);
}

TEST(Loop, MessagesBetweenTwoLoopsArriveBothWays) {
  Loop main;
  std::optional<Loop> worker;
  std::atomic<bool> ready = false;
  int answers = 0;
  std::thread thread([&] {
    worker.emplace();
    ready = true;
    worker->run();
  });
  while (!ready) std::this_thread::yield();
  for (int i = 0; i < 100; ++i) {
    worker->post([&] { main.post([&] { ++answers; }); });
  }
  EXPECT_TRUE(turn_until(main, [&] { return answers == 100; }));
  worker->stop();
  thread.join();
}

TEST(Loop, ClosesItsConnectionsWhenAsked) {
  Loop loop;
  Pair one(loop);
  Pair two(loop);
  one.connection->send(frame("bye"));
  loop.close_connections();
  EXPECT_TRUE(turn_until(loop, [&] { return one.peer->read(), one.peer->eof; }));
  EXPECT_EQ(one.peer->received, "bye");
  one.peer->close();
  two.peer->close();
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
}

TEST(Loop, WhatIsPostedToALoopThatHasEndedIsLetGoOfAtOnce) {
  Loop loop;
  const auto before = std::make_shared<int>(), after = std::make_shared<int>();
  loop.stop();
  loop.post([before] {});
  loop.run();
  loop.post([after] {});
  EXPECT_EQ(before.use_count(), 1);
  EXPECT_EQ(after.use_count(), 1);
}

}  // namespace
}  // namespace rollcall::net
