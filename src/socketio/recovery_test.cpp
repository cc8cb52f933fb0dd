#include "socketio/recovery.hpp"

#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

struct RecoveryTest : testing::Test {
  static constexpr RecoveryLimits kLimits{seconds(120), seconds(45), 40'000, 40'000,           5'000,
                                          50,           1000,        100,    milliseconds(500)};
  static constexpr Rooms::Slot kSlot = 3;
  Recovery recovery{kLimits, "ep0C", "/"};
  Rooms rooms;
  Instant now{seconds(1000)};
  std::size_t receivers = 1;

  RecoveryTest() {
    rooms.join(kSlot, Room::user("ann"));
    rooms.join(kSlot, Room::watchers("bob"));
  }
  MessageRef send(Message message) {
    recovery.stamp(message, receivers, now);
    auto shared = std::make_shared<Message>(std::move(message));
    recovery.log(shared, now);
    return shared;
  }
  MessageRef say(const std::string& text, std::vector<RoomKey> to = {}, std::vector<RoomKey> except = {}) {
    Message message;
    message.packet = text;
    message.rooms = std::move(to);
    message.except = std::move(except);
    return send(std::move(message));
  }
  MessageRef edge(const std::string& user, const std::string& state, std::vector<RoomKey> to = {}) {
    Message message;
    message.packet = user + "-" + state;
    message.rooms = std::move(to);
    message.except = {Room::user(user)};
    message.keep = Keep::edge;
    message.subject = user;
    return send(std::move(message));
  }
  // `sent`: as much as it has seen, if it is not given.
  std::string missed(std::uint64_t seen, std::uint64_t sent = 0) {
    const auto messages = recovery.missed(rooms, kSlot, "sid", seen, sent);
    if (!messages) return "none";
    std::string all;
    for (const auto& message : *messages) all += message->packet + " ";
    return all;
  }
};

TEST_F(RecoveryTest, WhatWasMissedComesInOrderAndNothingElse) {
  say("before");
  const std::uint64_t seen = say("seen")->number;
  say("all");
  say("user", {Room::user("ann")});
  say("direct", {Room::socket("sid")});
  say("others", {Room::user("eve"), Room::socket("ann"), Room::application("ann")});
  say("not-for-ann", {}, {Room::user("ann")});
  say("not-for-it", {Room::user("ann")}, {Room::socket("sid")});
  say("last");
  EXPECT_EQ(missed(seen), "all user direct last ");
}

TEST_F(RecoveryTest, WhatWentToSeveralRoomsOfOneClientComesOnce) {
  say("once", {Room::user("ann"), Room::watchers("bob"), Room::socket("sid")});
  EXPECT_EQ(missed(0), "once ");
}

TEST_F(RecoveryTest, NothingIsMissedOfWhatIsNotKept) {
  Message message;
  message.packet = "answer";
  message.keep = Keep::no;
  EXPECT_EQ(send(message)->number, 0U);
  EXPECT_EQ(missed(0), "");
}

TEST_F(RecoveryTest, AStateIsToldIfItIsAnotherOne) {
  edge("bob", "online", {Room::watchers("bob")});
  const std::uint64_t seen = recovery.last();
  edge("bob", "offline", {Room::watchers("bob")});
  EXPECT_EQ(missed(seen), "bob-offline ");
  edge("bob", "online", {Room::watchers("bob")});
  EXPECT_EQ(missed(seen), "") << "as the client knows it";
  edge("bob", "offline", {Room::watchers("bob")});
  EXPECT_EQ(missed(seen), "bob-offline ");
}

// The connection broke before the mark: whether the client has got the first change, nobody knows.
TEST_F(RecoveryTest, AStateThatChangedBackIsToldIfTheChangeMayHaveBeenSeen) {
  const std::uint64_t seen = recovery.last();
  const std::uint64_t sent = edge("bob", "online", {Room::watchers("bob")})->number;
  EXPECT_EQ(missed(seen, sent), "bob-online ");
  edge("bob", "offline", {Room::watchers("bob")});
  edge("eve", "online");
  edge("eve", "offline");
  EXPECT_EQ(missed(seen, sent), "bob-offline ") << "of eve it can have seen nothing";
}

TEST_F(RecoveryTest, EdgesDoNotCancelOutWhereOneIsToldWhateverWasKnown) {
  Message online;
  online.packet = "bob-online";
  online.keep = Keep::newest;
  online.subject = "bob";
  send(std::move(online));
  edge("bob", "offline");
  EXPECT_EQ(missed(0), "bob-offline ");
}

TEST_F(RecoveryTest, EachUsersStateIsToldAmongTheMessagesWhereItBecameThat) {
  edge("a", "online");
  say("message");
  edge("b", "online");
  edge("a", "offline");
  edge("a", "online");
  edge("ann", "online");
  EXPECT_EQ(missed(0), "message b-online a-online ");
}

TEST_F(RecoveryTest, TheNewestOfOtherStatesIsTold) {
  for (const char* mode : {"batch", "live"}) {
    Message message;
    message.packet = mode;
    message.keep = Keep::newest;
    send(std::move(message));
  }
  EXPECT_EQ(missed(0), "live ");
}

TEST_F(RecoveryTest, MessagesCarryNoOffsetButAMarkThatFollows) {
  const MessageRef message = say("2[\"hello\",1]");
  EXPECT_EQ(message->packet, "2[\"hello\",1]");
  EXPECT_EQ(message->mark, "2[\"recovery-offset\",\"~ep0C:1\"]");
  const MessageRef watched = edge("bob", "online", {Room::watchers("bob")});
  EXPECT_EQ(watched->mark, recovery.mark_of(2));
}

TEST_F(RecoveryTest, StatesToldToFewAreMarkedAtOnce) {
  for (int i = 0; i < 50; ++i) EXPECT_NE(edge("a", i % 2 ? "offline" : "online")->mark, "");
  EXPECT_FALSE(recovery.mark_due());
}

TEST_F(RecoveryTest, TheLastStateToldToManyInAHurryIsMarkedALittleLater) {
  receivers = 60;
  EXPECT_NE(edge("a", "online")->mark, "");
  EXPECT_EQ(edge("b", "online")->mark, "");
  EXPECT_EQ(edge("c", "online")->mark, "");
  EXPECT_EQ(recovery.mark_due(), now + milliseconds(500));
  EXPECT_FALSE(recovery.due_mark(now));
  now += milliseconds(500);
  const auto mark = recovery.due_mark(now);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->packet, recovery.mark_of(3));
  EXPECT_EQ(mark->keep, Keep::no);
  EXPECT_FALSE(recovery.mark_due());
  EXPECT_NE(edge("d", "online")->mark, "") << "half a second has paid for it";
}

TEST_F(RecoveryTest, AMessageToEverybodyMarksTheStatesBeforeIt) {
  receivers = 1000;
  edge("a", "online");
  EXPECT_TRUE(recovery.mark_due());
  EXPECT_EQ(say("x")->mark, recovery.mark_of(2));
  EXPECT_FALSE(recovery.mark_due());
}

// Clients take the string at the end of whatever they get for their offset.
TEST_F(RecoveryTest, WhatIsNotKeptIsMarkedOnlyIfItEndsWithAString) {
  say("first");
  Message message;
  message.keep = Keep::no;
  message.packet = "2[\"typing\",\"bob\"]";
  EXPECT_EQ(send(message)->mark, recovery.mark_of(1));
  message.packet = "2[\"typing\",{\"who\":\"bob\"}]";
  EXPECT_EQ(send(message)->mark, "");
}

TEST_F(RecoveryTest, WhoHasMissedTooMuchStartsAnew) {
  for (int i = 0; i < 50; ++i) edge("u" + std::to_string(i), "online");
  EXPECT_NE(missed(0), "none");
  edge("one-more", "online");
  EXPECT_EQ(missed(0), "none");
  const std::uint64_t seen = recovery.last();
  for (int i = 0; i < 6; ++i) say(std::string(900, 'x'), {Room::user("ann")});
  EXPECT_EQ(missed(seen), "none");
}

// A replay that does not fit into the backlog of a connection would end it, time and again.
TEST_F(RecoveryTest, MarksCountAmongWhatIsTooMuch) {
  for (int i = 0; i < 50; ++i) edge("u" + std::to_string(i), std::string(50, 'x'), {Room::watchers("bob")});
  EXPECT_EQ(missed(0), "none") << "50 times 54 bytes, and 30 for each mark, and their frames";
}

TEST_F(RecoveryTest, HowMuchIsTooMuchMayChange) {
  say(std::string(900, 'x'));
  recovery.limit_replays(900);
  EXPECT_EQ(missed(0), "none");
  recovery.limit_replays(1000);
  EXPECT_NE(missed(0), "none");
}

TEST_F(RecoveryTest, WhatFillsTheLogOfStatesTakesNoMessageWithIt) {
  say("precious", {Room::user("ann")});
  const std::uint64_t seen = 0;
  for (int i = 0; i < 1000; ++i) edge("eve", i % 2 ? "offline" : "online", {Room::watchers("eve")});
  EXPECT_EQ(missed(seen), "precious ");
}

TEST_F(RecoveryTest, WhatIsForgottenForItsAgeWasSeenByWhoeverWasThere) {
  say("old");
  now += seconds(1000);
  EXPECT_EQ(recovery.aged_through(), 0U);
  recovery.prune(now);
  EXPECT_EQ(recovery.aged_through(), 1U);
  say("new");
  EXPECT_EQ(missed(0), "new ");
}

TEST_F(RecoveryTest, WhatWasSentIntoAConnectionNotYetFoundBrokenIsKept) {
  say("into-the-void");
  now += seconds(165);
  recovery.prune(now);
  EXPECT_EQ(missed(0), "into-the-void ");
}

}  // namespace
}  // namespace rollcall::socketio
