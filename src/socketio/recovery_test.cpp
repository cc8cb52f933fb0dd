#include "socketio/recovery.hpp"

#include <gtest/gtest.h>

#include "socketio/test_rooms.hpp"

namespace rollcall::socketio {
namespace {

struct RecoveryTest : testing::Test {
  static constexpr RecoveryLimits kLimits{seconds(120), seconds(45), 10'000, 3};
  const std::vector<RoomKey> kRoom{Room::application("room")};
  Recovery recovery{kLimits};
  Instant now{seconds(1000)};

  std::string say(const std::string& text, const std::vector<RoomKey>& rooms = {},
                  const std::vector<RoomKey>& except = {}) {
    const std::uint64_t number = recovery.next_number();
    recovery.log(number, {rooms, except, text, {}}, now);
    return Recovery::offset_of(number);
  }
  void save(const std::string& pid) { recovery.save(pid, {"sid-" + pid, "ann", kRoom}, now); }
  std::string missed(const std::string& pid, const std::string& offset, const std::string& owner = "ann") {
    const auto recovered = recovery.take(pid, offset, owner, now);
    if (!recovered) return "none";
    std::string all;
    for (const auto& message : recovered->missed) all += message.packet + " ";
    return all;
  }
};

TEST_F(RecoveryTest, WhatWasMissedComesInOrderAndNothingElse) {
  say("before");
  const std::string seen = say("seen");
  save("p");
  say("all");
  say("room", kRoom);
  say("direct", {Room::socket("sid-p")});
  say("others", test::named({"elsewhere"}));
  say("all-but", {}, kRoom);
  say("last");
  EXPECT_EQ(missed("p", seen), "all room direct last ");
}

TEST_F(RecoveryTest, ASessionIsRecoveredOnlyOnce) {
  const std::string seen = say("seen");
  save("p");
  EXPECT_EQ(missed("p", seen), "");
  EXPECT_EQ(recovery.sessions(), 0U);
  EXPECT_EQ(missed("p", seen), "none");
  EXPECT_EQ(missed("p", seen, ""), "none");
}

TEST_F(RecoveryTest, OnlyItsOwnerGetsItAndStillDoesAfterAnotherTried) {
  const std::string seen = say("seen");
  save("p");
  EXPECT_EQ(missed("p", seen, "eve"), "none");
  EXPECT_EQ(missed("p", seen), "");
}

TEST_F(RecoveryTest, UnknownIdsAndOffsetsRecoverNothing) {
  const std::string seen = say("seen");
  save("p");
  EXPECT_EQ(missed("q", seen), "none");
  for (const char* offset : {"", "zzz", "!", "99999999999999999999999"})
    EXPECT_EQ(missed("p", offset), "none");
}

TEST_F(RecoveryTest, ExceptNamesTheSocketItselfToo) {
  const std::string seen = say("seen");
  save("p");
  say("not to p", {}, {Room::socket("sid-p")});
  say("not to p either", kRoom, {Room::socket("sid-p"), Room::application("elsewhere")});
  say("not to another", kRoom, {Room::socket("sid-q")});
  EXPECT_EQ(missed("p", seen), "not to another ");
}

TEST_F(RecoveryTest, RoomsOfAnotherKindAreNotItsOwnWhateverTheirNames) {
  const std::string seen = say("seen");
  recovery.save("p", {"sid-p", "ann", {Room::user("ann"), Room::user("sid-q"), Room::watchers("bert")}}, now);
  say("to another's socket", {Room::socket("sid-q")});
  say("to the socket", {Room::socket("sid-p")});
  say("to a user of its name", {Room::user("sid-p")});
  say("to bert", {Room::user("bert")});
  say("to bert's watchers", {Room::watchers("bert")});
  say("to a room", {Room::application("ann")});
  say("but not another's socket", {}, {Room::socket("ann")});
  EXPECT_EQ(missed("p", seen), "to the socket to bert's watchers but not another's socket ");
}

TEST_F(RecoveryTest, WhatWasSentBeforeTheConnectionBrokeButNeverSeenIsMissedToo) {
  const std::string seen = say("seen");
  say("lost on the way");
  save("p");
  say("later");
  EXPECT_EQ(missed("p", seen), "lost on the way later ");
}

TEST_F(RecoveryTest, TheSessionComesBackAsItWas) {
  const std::string seen = say("seen");
  recovery.save("p", {"sid-p", "ann", {Room::user("sid-p"), Room::application("room")}}, now);
  const auto recovered = recovery.take("p", seen, "ann", now);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->session.sid, "sid-p");
  EXPECT_EQ(recovered->session.rooms, (std::vector<RoomKey>{Room::user("sid-p"), Room::application("room")}));
  EXPECT_EQ(recovered->session.saved_at, now);
}

TEST_F(RecoveryTest, ARecoveredSessionMayBreakAndComeBackAgain) {
  const std::string seen = say("seen");
  save("p");
  EXPECT_EQ(missed("p", seen), "");
  const std::string seen_again = say("again");
  save("p");
  say("new");
  EXPECT_EQ(missed("p", seen_again), "new ");
}

TEST_F(RecoveryTest, TheAttachmentsOfABinaryEventAreSentAgain) {
  const std::string seen = say("seen");
  save("p");
  recovery.log(recovery.next_number(), {{}, {}, "52-[\"up\"]", {"bytes", std::string("\0", 1)}}, now);
  const auto recovered = recovery.take("p", seen, "ann", now);
  ASSERT_TRUE(recovered);
  ASSERT_EQ(recovered->missed.size(), 1U);
  EXPECT_EQ(recovered->missed[0].packet, "52-[\"up\"]");
  EXPECT_EQ(recovered->missed[0].attachments, (std::vector<std::string>{"bytes", std::string("\0", 1)}));
}

// Clients take the last argument of any event for the offset, if it is a string: of events that carry
// none, it is a string of the application's.
TEST_F(RecoveryTest, StringsOfTheApplicationAreNotTakenForOffsets) {
  for (int i = 0; i < 50; ++i) say("x");
  save("p");
  for (const char* string : {"1", "a", "z", "10", "A", "0a", "-1", "+1", " 1"}) {
    EXPECT_EQ(missed("p", string), "none") << string;
  }
}

TEST_F(RecoveryTest, AnOffsetFromAfterTheConnectionBrokeCannotHaveBeenSeen) {
  const std::string seen = say("seen");
  save("p");
  const std::string later = say("later");
  EXPECT_EQ(missed("p", later), "none");
  EXPECT_EQ(missed("p", seen), "later ");
}

TEST_F(RecoveryTest, OffsetsAreUniqueAndShortAndOnlyTheirExactSpellingCounts) {
  const std::string first = Recovery::offset_of(recovery.next_number());
  EXPECT_NE(first, Recovery::offset_of(recovery.next_number()));
  EXPECT_LE(first.size(), 16U);
  const std::string seen = say("seen");
  save("p");
  EXPECT_EQ(missed("p", seen + " "), "none");
  EXPECT_EQ(missed("p", seen.substr(0, seen.size() - 1) + "0" + seen.back()), "none");
  EXPECT_EQ(missed("p", seen), "");
}

// A reply takes its number when what it tells is read, and is logged once it is written.
TEST_F(RecoveryTest, MessagesLoggedOutOfOrderComeInTheOrderOfTheirNumbers) {
  const std::uint64_t first = recovery.next_number();
  const std::uint64_t second = recovery.next_number();
  recovery.log(second, {{}, {}, "second", {}}, now);
  recovery.log(first, {{}, {}, "first", {}}, now);
  save("p");
  say("last");
  EXPECT_EQ(missed("p", Recovery::offset_of(0)), "first second last ");
  save("p");
  EXPECT_EQ(missed("p", Recovery::offset_of(first)), "second last ");
}

TEST_F(RecoveryTest, ASessionLivesToItsVeryAgeAndNoLonger) {
  const std::string seen = say("seen");
  save("p");
  save("q");
  now += seconds(120);
  EXPECT_EQ(missed("p", seen), "");
  now += microseconds(1);
  EXPECT_EQ(missed("q", seen), "none");
}

TEST_F(RecoveryTest, PruningForgetsWithoutAnyTraffic) {
  say("seen");
  save("p");
  now += seconds(121);
  recovery.prune(now);
  EXPECT_EQ(recovery.sessions(), 0U);
}

TEST_F(RecoveryTest, WhatIsTooOldIsForgotten) {
  const std::string seen = say("seen");
  save("p");
  now += seconds(121);
  EXPECT_EQ(missed("p", seen), "none");
  EXPECT_EQ(recovery.sessions(), 0U);
}

TEST_F(RecoveryTest, ALogThatOutgrewItsLimitForgetsTheOldestAndItsOffsets) {
  const std::string seen = say("seen");
  save("p");
  for (int i = 0; i < 20; ++i) say(std::string(1000, 'x'));
  EXPECT_EQ(missed("p", seen), "none");
}

TEST_F(RecoveryTest, TheNamesOfRoomsCountTowardsTheLimitOfTheLog) {
  const std::string seen = say("seen");
  save("p");
  for (int i = 0; i < 20; ++i) say("x", test::named({std::string(1000, 'r')}));
  EXPECT_EQ(missed("p", seen), "none");
}

TEST_F(RecoveryTest, ASessionThatComesAndGoesCrowdsOutNoOther) {
  const std::string seen = say("seen");
  save("steady");
  for (int i = 0; i < 50; ++i) {
    save("flapping");
    EXPECT_EQ(missed("flapping", seen), "");
  }
  EXPECT_EQ(missed("steady", seen), "");
}

TEST_F(RecoveryTest, OfTooManySessionsTheOldestGoesFirst) {
  const std::string seen = say("seen");
  for (const char* pid : {"a", "b", "c", "d"}) save(pid);
  EXPECT_EQ(recovery.sessions(), 3U);
  EXPECT_EQ(missed("a", seen), "none");
  EXPECT_EQ(missed("d", seen), "");
}

// What is that old came before the client's last sign of life, or it would have been found dead.
TEST_F(RecoveryTest, AClientThatHeardNothingForLongMayStillComeBack) {
  const std::string old = say("old");
  now += seconds(1000);
  say("for others", test::named({"elsewhere"}));
  now += seconds(1000);
  save("p");
  now += seconds(60);
  say("new");
  EXPECT_EQ(missed("p", old), "new ");
}

TEST_F(RecoveryTest, WhatWasSentIntoAConnectionNotYetFoundBrokenIsKept) {
  const std::string seen = say("seen");
  now += seconds(10);
  say("into the void");
  now += seconds(45);
  save("p");
  now += seconds(120);
  EXPECT_EQ(missed("p", seen), "into the void ");
}

}  // namespace
}  // namespace rollcall::socketio
