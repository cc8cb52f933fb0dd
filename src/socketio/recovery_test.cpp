#include "socketio/recovery.hpp"

#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

struct RecoveryTest : testing::Test {
  Recovery recovery{seconds(120), 10'000, 3};
  Instant now{seconds(1000)};

  std::string say(const std::string& text, std::vector<std::string> rooms = {},
                  std::vector<std::string> except = {}) {
    const std::string offset = recovery.next_offset();
    recovery.log(offset, std::move(rooms), std::move(except), {base::Frame::make({}, text, {}, false)}, now);
    return offset;
  }
  void save(const std::string& pid) { recovery.save(pid, {"sid-" + pid, "ann", {"room"}}, now); }
  std::string missed(const std::string& pid, const std::string& offset, const std::string& owner = "ann") {
    const auto recovered = recovery.take(pid, offset, owner, now);
    if (!recovered) return "none";
    std::string all;
    for (const auto& frame : recovered->missed) all += std::string(frame->packet()) + " ";
    return all;
  }
};

TEST_F(RecoveryTest, WhatWasMissedComesInOrderAndNothingElse) {
  say("before");
  const std::string seen = say("seen");
  save("p");
  say("all");
  say("room", {"room"});
  say("direct", {"sid-p"});
  say("others", {"elsewhere"});
  say("all-but", {}, {"room"});
  say("last");
  EXPECT_EQ(missed("p", seen), "all room direct last ");
}

TEST_F(RecoveryTest, ASessionIsRecoveredOnlyOnce) {
  const std::string seen = say("seen");
  save("p");
  EXPECT_EQ(missed("p", seen), "");
  EXPECT_EQ(missed("p", seen), "none");
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

TEST_F(RecoveryTest, OfTooManySessionsTheOldestGoesFirst) {
  const std::string seen = say("seen");
  for (const char* pid : {"a", "b", "c", "d"}) save(pid);
  EXPECT_EQ(recovery.sessions(), 3U);
  EXPECT_EQ(missed("a", seen), "none");
  EXPECT_EQ(missed("d", seen), "");
}

}  // namespace
}  // namespace rollcall::socketio
