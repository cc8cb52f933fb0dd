#include "socketio/message_log.hpp"

#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

struct MessageLogTest : testing::Test {
  MessageLog log{seconds(10), 16'000};
  Instant now{seconds(1000)};

  std::string after(std::uint64_t number) {
    std::string all;
    log.each_after(number, [&](const MessageLog::Entry& entry) { all += std::string(entry.packet) + " "; });
    return all;
  }
};

TEST_F(MessageLogTest, AMessageComesBackWhole) {
  const Message message{
      {Room::user("a"), Room::application("")}, {Room::socket("b")}, "packet", {std::string("\0x", 2), ""}};
  log.add(7, message, now);
  std::size_t seen = 0;
  log.each_after(6, [&](const MessageLog::Entry& entry) {
    ++seen;
    EXPECT_EQ(entry.number, 7U);
    EXPECT_EQ(entry.rooms, (std::vector<std::string_view>{"ua", "a"}));
    EXPECT_EQ(entry.except, (std::vector<std::string_view>{"sb"}));
    EXPECT_EQ(entry.packet, "packet");
    EXPECT_EQ(entry.attachments, (std::vector<std::string_view>{std::string_view("\0x", 2), ""}));
  });
  EXPECT_EQ(seen, 1U);
}

TEST_F(MessageLogTest, OnlyGreaterNumbersCome) {
  for (std::uint64_t i = 1; i <= 5; ++i) log.add(i, {{}, {}, std::to_string(i), {}}, now);
  EXPECT_EQ(after(3), "4 5 ");
  EXPECT_EQ(after(5), "");
}

TEST_F(MessageLogTest, WhatIsTooOldIsForgottenAndNotCalledLost) {
  log.add(1, {{}, {}, "old", {}}, now);
  now += seconds(11);
  log.prune(now);
  EXPECT_EQ(after(0), "");
  EXPECT_EQ(log.lost_through(), 0U);
}

TEST_F(MessageLogTest, WhatDoesNotFitIsForgottenOldestFirstAndCalledLost) {
  for (std::uint64_t i = 1; i <= 100; ++i) log.add(i, {{}, {}, std::string(1000, 'x'), {}}, now);
  const std::uint64_t lost = log.lost_through();
  EXPECT_GE(lost, 80U);
  EXPECT_LE(lost, 90U);  // all but what a block may hold of the limit is still there
  std::uint64_t first = 0;
  log.each_after(0, [&](const MessageLog::Entry& entry) { first = first ? first : entry.number; });
  EXPECT_EQ(first, lost + 1);
}

TEST_F(MessageLogTest, AMessageBeyondTheLimitIsForgottenAtOnce) {
  log.add(1, {{}, {}, std::string(20'000, 'x'), {}}, now);
  EXPECT_EQ(after(0), "");
  EXPECT_EQ(log.lost_through(), 1U);
}

}  // namespace
}  // namespace rollcall::socketio
