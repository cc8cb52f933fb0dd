#include "cluster/position.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::cluster {
namespace {

using testing::Eq;

TEST(Position, IsWrittenAsTheIdOfItsStreamEntry) {
  EXPECT_EQ(text_of({7, 150}), "7-150");
  EXPECT_EQ(text_of({18446744073709551615U, 0}), "18446744073709551615-0");
}

TEST(Position, IsReadBackAsItWasWritten) {
  for (const Position position : {Position{}, Position{7, 150}, Position{18446744073709551615U, 1}}) {
    EXPECT_EQ(parse_position(text_of(position)), position);
  }
}

TEST(Position, IsNotReadFromAnythingElse) {
  for (const char* text : {"", "-", "7", "7-", "-150", "7-150-1", "+7-150", "7- 150", "07-150", "7-00",
                           "7-1x", "18446744073709551616-0", "$", ">", "*"}) {
    EXPECT_THAT(parse_position(text), Eq(std::nullopt)) << text;
  }
}

TEST(Position, OfALaterEpochIsBeyondAnyOfAnEarlierOne) {
  EXPECT_LT((Position{7, 150}), (Position{8, 1}));
  EXPECT_LT((Position{7, 150}), (Position{7, 150}.next()));
}

}  // namespace
}  // namespace rollcall::cluster
