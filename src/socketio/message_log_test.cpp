#include "socketio/message_log.hpp"

#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

struct MessageLogTest : testing::Test {
  MessageLog log{{seconds(8), 100'000, 40'000}};
  Instant now{seconds(1000)};
  std::uint64_t last = 0;

  void add(std::vector<RoomKey> rooms, const std::string& packet) {
    auto message = std::make_shared<Message>();
    message->rooms = std::move(rooms);
    message->packet = packet;
    message->number = ++last;
    log.add(std::move(message), now);
  }
  static std::string text(bool whole, const std::vector<MessageRef>& read) {
    std::string all;
    for (const MessageRef& message : read) all += message->packet + " ";
    return whole ? all : "lost";
  }
  std::string of(Room room, std::uint64_t after = 0) {
    std::vector<MessageRef> read;
    const bool whole = log.read(room, after, 1000, read);
    return text(whole, read);
  }
  std::string everybodys(std::uint64_t after = 0) {
    std::vector<MessageRef> read;
    const bool whole = log.read_everybodys(after, 1000, read);
    return text(whole, read);
  }
};

TEST_F(MessageLogTest, EachRoomHasItsOwnMessagesInOrder) {
  add({Room::user("ann")}, "1");
  add({}, "2");
  add({Room::user("bob"), Room::user("ann")}, "3");
  add({Room::application("ann")}, "4");
  EXPECT_EQ(of(Room::user("ann")), "1 3 ");
  EXPECT_EQ(of(Room::user("bob")), "3 ");
  EXPECT_EQ(of(Room::application("ann")), "4 ");
  EXPECT_EQ(of(Room::user("eve")), "");
  EXPECT_EQ(everybodys(), "2 ");
}

TEST_F(MessageLogTest, OnlyWhatCameAfterIsRead) {
  for (int i = 1; i <= 5; ++i) add({Room::user("ann")}, std::to_string(i));
  EXPECT_EQ(of(Room::user("ann"), 3), "4 5 ");
  EXPECT_EQ(of(Room::user("ann"), 5), "");
}

TEST_F(MessageLogTest, MoreThanAskedForIsNotRead) {
  for (int i = 1; i <= 5; ++i) add({Room::user("ann")}, std::to_string(i));
  std::vector<MessageRef> read;
  EXPECT_FALSE(log.read(Room::user("ann"), 0, 4, read));
  EXPECT_TRUE(read.empty());
  EXPECT_TRUE(log.read(Room::user("ann"), 1, 4, read));
}

TEST_F(MessageLogTest, WhatIsTooOldIsForgottenAndNotCalledLost) {
  add({Room::user("ann")}, "old");
  now += seconds(9);
  add({Room::user("bob")}, "new");
  now += seconds(1);
  log.prune(now);
  EXPECT_EQ(of(Room::user("ann")), "");
  EXPECT_EQ(of(Room::user("bob")), "new ");
  EXPECT_EQ(log.shelves(), 1U);
  now += seconds(20);
  log.prune(now);
  EXPECT_EQ(log.shelves(), 0U);
  EXPECT_EQ(log.bytes(), 0U);
}

TEST_F(MessageLogTest, ARoomThatTakesMoreThanItsShareLosesItsOldest) {
  for (int i = 0; i < 100; ++i) add({Room::user("ann")}, std::string(1000, 'x'));
  EXPECT_EQ(of(Room::user("ann"), 0), "lost");
  EXPECT_NE(of(Room::user("ann"), 75), "lost");
  EXPECT_LE(log.bytes(), 40'000U);
}

TEST_F(MessageLogTest, NobodyPushesOutWhatWasSentToSomebodyElse) {
  add({Room::user("victim")}, "precious");
  for (int i = 0; i < 1000; ++i) {
    for (const char* user : {"a", "b", "c", "d", "e"}) add({Room::user(user)}, std::string(500, 'x'));
  }
  EXPECT_LE(log.bytes(), 100'000U);
  EXPECT_EQ(of(Room::user("victim")), "precious ");
  EXPECT_EQ(of(Room::user("a")), "lost");
}

TEST_F(MessageLogTest, AMessageToManyCountsOnceForAllOfThem) {
  std::vector<RoomKey> rooms;
  for (int i = 0; i < 100; ++i) rooms.emplace_back(Room::user("user-" + std::to_string(i)));
  add(rooms, std::string(20'000, 'x'));
  EXPECT_LE(log.bytes(), 40'000U);
  EXPECT_NE(of(Room::user("user-99")), "lost");
}

TEST_F(MessageLogTest, AMessageBeyondTheShareIsForgottenAtOnce) {
  add({}, std::string(50'000, 'x'));
  EXPECT_EQ(everybodys(), "lost");
  EXPECT_EQ(everybodys(1), "");
  EXPECT_EQ(log.bytes(), 0U);
}

TEST_F(MessageLogTest, WhatIsLostIsSaidToBeUntilItWouldBeTooOld) {
  add({}, std::string(50'000, 'x'));
  now += seconds(7);
  log.prune(now);
  EXPECT_EQ(everybodys(), "lost");
  now += seconds(3);
  log.prune(now);
  EXPECT_EQ(everybodys(), "");
}

}  // namespace
}  // namespace rollcall::socketio
