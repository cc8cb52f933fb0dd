#include "server/sockets/pid.hpp"

#include <gtest/gtest.h>

namespace rollcall::server {
namespace {

TEST(Pid, SaysWhereTheSessionBegan) {
  for (const SessionPlace place :
       {SessionPlace{0, 0}, SessionPlace{1023, 12'345}, SessionPlace{7, 1'000'000'000}}) {
    const auto found = place_of_pid(make_pid(place));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->worker, place.worker);
    EXPECT_EQ(found->slot, place.slot);
  }
}

TEST(Pid, IsAnotherOneEachTime) {
  const std::string one = make_pid({1, 2}), other = make_pid({1, 2});
  EXPECT_EQ(one.size(), kPidChars);
  EXPECT_NE(one.substr(7), other.substr(7));
}

TEST(Pid, WhatIsNoneOfOursSaysNothing) {
  EXPECT_FALSE(place_of_pid(""));
  EXPECT_FALSE(place_of_pid("nobody-has-this-one"));
  EXPECT_FALSE(place_of_pid("\xFF" + make_pid({0, 0}).substr(1)));
}

TEST(Pid, SecretsAreComparedWhole) {
  const std::string pid = make_pid({0, 0});
  std::string other = pid;
  other.back() = other.back() == 'a' ? 'b' : 'a';
  EXPECT_TRUE(same_secret(pid, pid));
  EXPECT_FALSE(same_secret(pid, other));
  EXPECT_FALSE(same_secret(pid, pid.substr(1)));
}

}  // namespace
}  // namespace rollcall::server
