#include "server/crew/turn_signal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/test_workers.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

class TurnSignalTest : public testing::Test {
 protected:
  // A worker that waits for the first one, which runs last, would keep it from running.
  TurnSignalTest() {
    host.start();
    at(0, [] {});
  }
  ~TurnSignalTest() override { host.stop(); }
  // On that worker's thread, and waits for it.
  void at(WorkerIndex worker, const std::function<void()>& task) {
    const auto done = std::make_shared<std::promise<void>>();
    host.server.post_to_all([=] {
      if (BusPort::current()->index() != worker) return;
      task();
      done->set_value();
    });
    done->get_future().wait();
  }
  void settle() {
    for (int turn = 0; turn < 2; ++turn) {
      for (WorkerIndex worker = 0; worker < kWorkers; ++worker) at(worker, [] {});
    }
  }
  std::vector<std::string> heard() {
    settle();
    auto all = host.notes.all();
    std::sort(all.begin(), all.end());
    host.notes.clear();
    return all;
  }

  WorkersHost host;
  TurnSignal signal{kWorkers, [this] { host.notes.add(std::to_string(BusPort::current()->index())); }};
};

TEST_F(TurnSignalTest, IsHeardByThoseWhoListenOnceForManyTimes) {
  at(0, [&] { signal.raise(); });
  EXPECT_THAT(heard(), IsEmpty());
  for (const WorkerIndex worker : {0, 2}) at(worker, [&] { signal.listen(true); });
  at(0, [&] {
    for (int i = 0; i < 1000; ++i) signal.raise();
    EXPECT_THAT(host.notes.all(), IsEmpty()) << "not before the turn's end";
  });
  EXPECT_THAT(heard(), ElementsAre("0", "2"));
  at(1, [&] { signal.raise(); });
  EXPECT_THAT(heard(), ElementsAre("0", "2"));
  at(0, [&] { signal.listen(false); });
  at(2, [&] { signal.raise(); });
  EXPECT_THAT(heard(), ElementsAre("2"));
}

TEST_F(TurnSignalTest, ABusyWorkerHearsItOnceForAllTurnsOfOthers) {
  at(2, [&] { signal.listen(true); });
  at(2, [&] {
    for (int i = 0; i < 10; ++i) {
      at(0, [&] { signal.raise(); });
      at(1, [&] { signal.raise(); });
    }
    at(0, [] {});
    at(1, [] {});
  });
  EXPECT_THAT(heard(), ElementsAre("2"));
}

// What is written before it is raised is seen when it is heard, however the two meet.
TEST_F(TurnSignalTest, NothingIsMissed) {
  std::atomic<int> written{0}, seen{0};
  TurnSignal counting(kWorkers, [&] { seen = written.load(); });
  at(2, [&] { counting.listen(true); });
  for (int i = 1; i <= 3000; ++i) {
    host.server.post([&] {
      ++written;
      counting.raise();
    });
  }
  settle();
  settle();
  EXPECT_EQ(seen, 3000);
}

}  // namespace
}  // namespace rollcall::server
