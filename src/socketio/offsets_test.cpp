#include "socketio/offsets.hpp"

#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

const Offsets kOffsets("ep0C");

TEST(Offsets, AnOffsetIsReadAsItWasWritten) {
  for (const std::uint64_t number : {1ULL, 35ULL, 36ULL, 123456789ULL}) {
    const std::string text = kOffsets.text(number);
    EXPECT_LE(text.size(), 16U);
    EXPECT_EQ(kOffsets.seen(text, 0, number), number) << text;
  }
}

TEST(Offsets, WithoutAnOffsetNothingWasSeenSinceTheFloor) {
  EXPECT_EQ(kOffsets.seen(std::nullopt, 7, 20), 7U);
}

TEST(Offsets, AnOffsetFromBeforeTheSessionMeansThatNothingWasSeenOfIt) {
  EXPECT_EQ(kOffsets.seen(kOffsets.text(3), 7, 20), 7U);
}

// Clients keep their offset when they connect to a server that was started anew, where numbers begin at 1.
TEST(Offsets, AnOffsetOfAnotherStartMeansTheSame) {
  EXPECT_EQ(kOffsets.seen(Offsets("0th3").text(15), 7, 20), 7U);
}

TEST(Offsets, WhatHasNotBeenSentCannotHaveBeenSeen) {
  EXPECT_EQ(kOffsets.seen(kOffsets.text(21), 7, 20), std::nullopt);
}

// Clients take the last argument of any event for the offset, if it is a string.
TEST(Offsets, StringsOfTheApplicationAreNotTakenForOffsets) {
  const std::string good = kOffsets.text(10);
  for (const std::string& text : {std::string(), std::string("1"), std::string("~:4"), std::string("~ep0C:"),
                                  std::string("~ep0C:A"), std::string("~ep0C:0a"), std::string("~ep0C:-1"),
                                  std::string("~ep0C:99999999999999999999999"), good + " ", " " + good}) {
    EXPECT_EQ(kOffsets.seen(text, 7, 20), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rollcall::socketio
