#include "gateway/login/verification_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::gateway {
namespace {

TEST(VerificationQueue, GivesATurnSoMuchTime) {
  VerificationQueue queue;
  const Instant turn{seconds(1)};
  EXPECT_TRUE(queue.may_verify(turn));
  queue.spent(VerificationQueue::kShare - microseconds(1));
  EXPECT_TRUE(queue.may_verify(turn));
  queue.spent(seconds(1));
  EXPECT_FALSE(queue.may_verify(turn));
  EXPECT_TRUE(queue.may_verify(turn + microseconds(1)));
}

TEST(VerificationQueue, TakesEachAddressInTurnAndItsOwnInOrder) {
  VerificationQueue queue;
  std::string order;
  for (const char* name : {"a1 ", "a2 ", "a3 "}) queue.wait(1, [&order, name] { order += name; });
  queue.wait(2, [&] { order += "b1 "; });
  queue.wait(3, [&] { order += "c1 "; });
  while (!queue.empty()) queue.next()();
  EXPECT_EQ(order, "a1 b1 c1 a2 a3 ");
}

}  // namespace
}  // namespace rollcall::gateway
