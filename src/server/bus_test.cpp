#include "server/bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "socketio/test_rooms.hpp"

namespace rollcall::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Instant kNow{seconds{100}};

socketio::Message message(const std::string& text, const std::vector<std::string>& rooms = {}) {
  socketio::Message made;
  made.packet = "2[\"" + text + "\"]";
  made.rooms = socketio::test::named(rooms);
  return made;
}

std::vector<std::string> packets(const Inbox& inbox) {
  std::vector<std::string> found;
  for (const Broadcast& broadcast : inbox) found.push_back(broadcast.message->packet);
  return found;
}

class BusTest : public testing::Test {
 protected:
  explicit BusTest(std::optional<socketio::RecoveryLimits> recovery = std::nullopt) : bus(recovery) {
    bus.add_namespace();
    for (WorkerIndex i = 0; i < 2; ++i) bus.add_worker([this, i] { ++woken[i]; });
  }
  void publish(const std::string& text, std::optional<WorkerIndex> from = std::nullopt) {
    bus.publish(0, message(text), false, from, kNow);
  }

  Bus bus;
  std::array<int, 2> woken{};
};

TEST_F(BusTest, EveryWorkerGetsEveryBroadcastOnceAndInOrder) {
  publish("a", 0);
  publish("b", 1);
  publish("c");
  EXPECT_THAT(packets(bus.take(0)), ElementsAre(R"(2["a"])", R"(2["b"])", R"(2["c"])"));
  EXPECT_THAT(packets(bus.take(1)), ElementsAre(R"(2["a"])", R"(2["b"])", R"(2["c"])"));
  EXPECT_THAT(bus.take(0), IsEmpty());
}

TEST_F(BusTest, WhatAWorkerBroadcastsInATurnWakesTheOthersOnceAtItsEnd) {
  publish("a", 0);
  publish("b", 0);
  EXPECT_THAT(woken, ElementsAre(0, 0));
  bus.wake_others(0);
  bus.wake_others(0);
  EXPECT_THAT(woken, ElementsAre(0, 1));
}

TEST_F(BusTest, AWorkerThatHasTakenWhatThereWasIsNotWoken) {
  publish("a", 0);
  bus.take(1);
  bus.wake_others(0);
  EXPECT_THAT(woken, ElementsAre(0, 0));
}

TEST_F(BusTest, WhatAnyOtherThreadBroadcastsWakesAtOnceForTheFirst) {
  publish("c");
  publish("d");
  EXPECT_THAT(woken, ElementsAre(1, 1));
}

TEST_F(BusTest, WithoutRecoveryNothingIsNumbered) {
  publish("a");
  const Place place = bus.take_place(0, 0);
  EXPECT_EQ(place.number, 0U);
  EXPECT_EQ(place.offset(), "");
  EXPECT_THAT(packets(place.before), ElementsAre(R"(2["a"])"));
  Inbox before;
  EXPECT_EQ(bus.recover(0, 1, "pid", "~:1", "", kNow, before), std::nullopt);
  EXPECT_THAT(packets(before), ElementsAre(R"(2["a"])"));
}

TEST_F(BusTest, NothingIsKeptForAWorkerThatHasEnded) {
  publish("a");
  bus.retire(0);
  publish("b");
  EXPECT_THAT(bus.take(0), IsEmpty());
  EXPECT_EQ(woken[0], 1);
  EXPECT_THAT(packets(bus.take(1)), ElementsAre(R"(2["a"])", R"(2["b"])"));
}

struct RecoveringBusTest : BusTest {
  RecoveringBusTest() : BusTest(socketio::RecoveryLimits{}) {}
  std::vector<std::string> missed(WorkerIndex worker, const std::string& offset, Inbox& before) {
    std::vector<std::string> found;
    const auto recovered = bus.recover(0, worker, "pid", offset, "owner", kNow, before);
    if (!recovered) return {"not recovered"};
    for (const auto& one : recovered->missed) found.push_back(one.packet);
    return found;
  }
};

TEST_F(RecoveringBusTest, OffsetsGrowInTheOrderOfDelivery) {
  publish("a", 0);
  const Place place = bus.take_place(1, 0);
  publish("b", 1);
  EXPECT_THAT(packets(place.before), ElementsAre(R"(2["a","~:1"])"));
  EXPECT_EQ(place.offset(), "~:2");
  EXPECT_THAT(packets(bus.take(1)), ElementsAre(R"(2["b","~:3"])"));
}

TEST_F(RecoveringBusTest, VolatileMessagesHaveNoOffsetAndAreNotKept) {
  bus.save(0, "pid", {"sid", "owner", {}}, kNow);
  bus.publish(0, message("a"), true, 0, kNow);
  Inbox before;
  EXPECT_THAT(missed(1, "~:0", before), IsEmpty());
  EXPECT_THAT(packets(before), ElementsAre(R"(2["a"])"));
}

// The worker has delivered `before` to its own sockets when the recovered one joins them: between the two
// lists each message is there once.
TEST_F(RecoveringBusTest, WhoComesBackToAnotherWorkerHasMissedWhatThatHasStillToDeliver) {
  publish("seen", 0);
  const Place reply = bus.take_place(0, 0);
  publish("a", 0);
  bus.log(0, reply, message("reply", {"sid"}), kNow);
  bus.save(0, "pid", {"sid", "owner", {"room"}}, kNow);
  bus.publish(0, message("b", {"room"}), false, 0, kNow);
  bus.publish(0, message("not for it", {"elsewhere"}), false, 1, kNow);
  Inbox before;
  EXPECT_THAT(missed(1, "~:1", before), ElementsAre(R"(2["reply"])", R"(2["a","~:3"])", R"(2["b","~:4"])"));
  EXPECT_THAT(packets(before), ElementsAre(R"(2["seen","~:1"])", R"(2["a","~:3"])", R"(2["b","~:4"])",
                                           R"(2["not for it","~:5"])"));
  publish("later");
  EXPECT_THAT(packets(bus.take(1)), ElementsAre(R"(2["later","~:6"])"));
}

TEST_F(RecoveringBusTest, ThreadsThatBroadcastAtOnceAgreeOnOneOrder) {
  constexpr int kEach = 500;
  std::vector<std::thread> threads;
  std::array<std::vector<std::string>, 2> got;
  for (WorkerIndex i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < kEach; ++k) {
        publish(std::to_string(k), i);
        const Inbox inbox = k % 3 ? bus.take(i) : bus.take_place(i, 0).before;
        for (std::string& packet : packets(inbox)) got[i].push_back(std::move(packet));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (WorkerIndex i = 0; i < 2; ++i) {
    for (std::string& packet : packets(bus.take(i))) got[i].push_back(std::move(packet));
  }
  EXPECT_EQ(got[0].size(), 2U * kEach);
  EXPECT_EQ(got[0], got[1]);
}

}  // namespace
}  // namespace rollcall::server
