#include "server/sockets/bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "server/sockets/bus_port.hpp"
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
  explicit BusTest(std::optional<RecoverySettings> recovery = std::nullopt) : bus(std::move(recovery)) {
    bus.add_namespace("/");
    for (WorkerIndex i = 0; i < 2; ++i)
      bus.add_worker([this, i] { ++woken[i]; }, [this](const auto& task) { tasks.push_back(task); });
  }
  void publish(const std::string& text, std::optional<WorkerIndex> from = std::nullopt) {
    bus.publish(0, message(text), 1, from, kNow);
  }

  Bus bus;
  std::array<int, 2> woken{};
  std::vector<Bus::Task> tasks;
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
  const Place place = bus.place(0, 0);
  EXPECT_EQ(place.number, 0U);
  EXPECT_EQ(bus.mark_of(0, 0), "");
  ASSERT_EQ(place.before.size(), 1U);
  EXPECT_EQ(place.before[0].message->mark, "");
  Inbox before;
  EXPECT_FALSE(bus.missed(0, 1, {{}, 0, "sid", std::nullopt, 0, 0}, before));
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
  RecoveringBusTest() : BusTest(RecoverySettings{}) {}
  std::vector<std::string> missed(WorkerIndex worker, const std::string& offset, Inbox& before) {
    std::vector<std::string> found;
    const auto missed = bus.missed(0, worker, {rooms, 1, "sid", offset, 0, 0}, before);
    if (!missed) return {"not recovered"};
    for (const auto& one : missed->messages) found.push_back(one->packet);
    return found;
  }
  socketio::Rooms rooms;
};

TEST_F(RecoveringBusTest, NumbersGrowInTheOrderOfDelivery) {
  publish("a", 0);
  const Place place = bus.place(0, 1);
  publish("b", 1);
  EXPECT_THAT(packets(place.before), ElementsAre(R"(2["a"])"));
  EXPECT_EQ(place.number, 1U);
  EXPECT_EQ(place.before[0].message->mark, bus.mark_of(0, 1));
  const Inbox later = bus.take(1);
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].message->mark, bus.mark_of(0, 2));
}

// The worker has delivered `before` to its own sockets when the recovered one joins them: between the two
// lists each message is there once.
TEST_F(RecoveringBusTest, WhoComesBackToAnotherWorkerHasMissedWhatThatHasStillToDeliver) {
  rooms.join(1, Room::application("room"));
  publish("seen", 0);
  socketio::Message direct;
  direct.packet = "direct";
  direct.rooms = {Room::socket("sid")};
  Inbox before;
  EXPECT_EQ(bus.place_message(0, 0, std::move(direct), kNow, before)->number, 2U);
  publish("a", 0);
  bus.publish(0, message("b", {"room"}), 1, 0, kNow);
  bus.publish(0, message("not for it", {"elsewhere"}), 1, 1, kNow);
  EXPECT_THAT(missed(1, "~0000:1", before), ElementsAre("direct", R"(2["a"])", R"(2["b"])"));
  EXPECT_THAT(packets(before), ElementsAre(R"(2["seen"])", R"(2["a"])", R"(2["b"])", R"(2["not for it"])"));
  publish("later");
  EXPECT_THAT(packets(bus.take(1)), ElementsAre(R"(2["later"])"));
}

// To the room of a socket that has been away, or came later.
struct RoomBusTest : RecoveringBusTest {
  RoomBusTest() { rooms.join(1, Room::application("room")); }
  void publish_to_room(const std::string& text) { bus.publish(0, message(text, {"room"}), 1, 0, kNow); }
  // As a worker does, with and without a member of the message's rooms.
  void deliver(WorkerIndex worker, bool has_member) {
    for (const Broadcast& broadcast : bus.take(worker)) {
      if (has_member) broadcast.message->has_member.raise(1);
      ++delivered[worker];
    }
    bus.delivered(worker, delivered[worker]);
  }
  std::vector<std::string> missed_now() {
    bus.prune(kNow);
    Inbox before;
    return missed(0, "~0000:0", before);
  }
  std::array<std::uint64_t, 2> delivered{};
};

TEST_F(RoomBusTest, WhatWentToARoomThatNobodyIsInIsNotKept) {
  publish_to_room("a");
  deliver(0, false);
  deliver(1, false);
  EXPECT_THAT(missed_now(), IsEmpty());
}

TEST_F(RoomBusTest, WhatSomebodyOnAnyWorkerGotOrMissedIsKept) {
  publish_to_room("a");
  publish_to_room("b");
  deliver(0, false);
  deliver(1, true);
  EXPECT_THAT(missed_now(), ElementsAre(R"(2["a"])", R"(2["b"])"));
}

TEST_F(RoomBusTest, WhatAWorkerHasStillToDeliverIsKeptForWhoComesBackMeanwhile) {
  publish_to_room("a");
  deliver(1, false);
  EXPECT_THAT(missed_now(), ElementsAre(R"(2["a"])"));
}

TEST_F(RoomBusTest, AWorkerThatHasEndedIsNotWaitedFor) {
  bus.retire(1);
  publish_to_room("a");
  deliver(0, false);
  EXPECT_THAT(missed_now(), IsEmpty());
}

TEST_F(RoomBusTest, WhatIsDeliveredWhileASessionIsBetweenTwoWorkersIsKeptForIt) {
  publish_to_room("before it arrives");
  bus.set_out();
  deliver(0, false);
  deliver(1, false);
  bus.arrived();
  publish_to_room("after");
  deliver(0, false);
  deliver(1, false);
  EXPECT_THAT(missed_now(), ElementsAre(R"(2["before it arrives"])"));
}

TEST_F(RoomBusTest, WhatIsPublishedWhileASessionIsBetweenTwoWorkersIsKeptForIt) {
  bus.set_out();
  publish_to_room("a");
  deliver(0, false);
  deliver(1, false);
  EXPECT_THAT(missed_now(), ElementsAre(R"(2["a"])"));
}

TEST_F(RoomBusTest, WhatAWorkerThatHangsDoesNotDeliverIsKeptAsTheRestIs) {
  for (int i = 0; i < 5000; ++i) publish_to_room(std::to_string(i));
  deliver(0, false);
  deliver(1, false);
  EXPECT_EQ(missed_now().front(), R"(2["0"])");
}

TEST_F(RecoveringBusTest, AMarkThatIsOwedGoesToEverybodyWhenItIsDue) {
  socketio::Message state = message("state");
  state.keep = socketio::Keep::edge;
  state.subject = "ann";
  const auto due = bus.publish(0, state, 1'000'000, 0, kNow);
  ASSERT_TRUE(due);
  EXPECT_EQ(bus.publish_marks(0, kNow), due);
  EXPECT_FALSE(bus.publish_marks(0, *due));
  EXPECT_THAT(packets(bus.take(1)), ElementsAre(R"(2["state"])", bus.mark_of(0, 1)));
}

TEST_F(RecoveringBusTest, ASessionIsWhereItsPidSaysUntilItHasMoved) {
  const std::string pid = make_pid({1, 7});
  EXPECT_EQ(bus.locate(0, pid)->slot, 7U);
  bus.moved(0, pid, {0, 3});
  EXPECT_EQ(bus.locate(0, pid)->worker, 0U);
  EXPECT_EQ(bus.locate(0, pid)->slot, 3U);
  bus.ended(0, pid);
  EXPECT_EQ(bus.locate(0, pid)->slot, 7U);
  EXPECT_FALSE(bus.locate(0, make_pid({2, 7}))) << "there is no such worker";
}

TEST_F(RecoveringBusTest, SessionsThatGiveWayAreDroppedOnTheirWorkers) {
  std::vector<std::uint32_t> dropped;
  bus.on_evicted([&](const socketio::ParkPlace& place) { dropped.push_back(place.slot); });
  bus.park("ann", {0, 1, 5, 0}, 100, kNow);
  bus.park("ann", {0, 1, 6, 0}, 5 << 20, kNow);
  EXPECT_THAT(dropped, IsEmpty());
  net::Loop loop;
  Counters counters;
  BusPort port(bus, loop, counters);
  for (const auto& task : tasks) task(port);
  EXPECT_THAT(dropped, ElementsAre(5, 6));
  EXPECT_FALSE(bus.unpark({0, 1, 5, 0}, kNow));
}

TEST_F(RecoveringBusTest, AParkedSessionMayHaveGotWhatWasSentUntilThen) {
  publish("a");
  bus.park("ann", {0, 1, 5, 0}, 100, kNow);
  publish("b");
  EXPECT_EQ(bus.unpark({0, 1, 5, 0}, kNow), 1U);
}

TEST_F(RecoveringBusTest, ItSaysIfSomethingThatFollowsWhatWasSeenIsTooOldToBeKept) {
  publish("a");
  publish("b");
  bus.prune(kNow + seconds(1000));
  Inbox before;
  EXPECT_TRUE(bus.missed(0, 0, {rooms, 1, "sid", "~0000:1", 0, 0}, before)->some_too_old);
  EXPECT_FALSE(bus.missed(0, 0, {rooms, 1, "sid", "~0000:2", 0, 0}, before)->some_too_old);
}

TEST_F(RecoveringBusTest, ThreadsThatBroadcastAtOnceAgreeOnOneOrder) {
  constexpr int kEach = 500;
  std::vector<std::thread> threads;
  std::array<std::vector<std::string>, 2> got;
  for (WorkerIndex i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < kEach; ++k) {
        publish(std::to_string(k), i);
        const Inbox inbox = k % 3 ? bus.take(i) : bus.place(0, i).before;
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
