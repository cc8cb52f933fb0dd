#include "gateway/contract/user_budgets.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace rollcall::gateway {
namespace {

constexpr std::uint32_t kRate = 10, kBurst = 20;

class Budgets : public testing::Test {
 protected:
  bool take(const std::string& user, std::uint32_t cost = 1) {
    UserBudget budget = budgets_.of(user, kRate, kBurst, now_);
    if (!budget.take(kRate, kBurst, now_)) return false;
    budget.charge(cost - 1);
    return true;
  }

  UserBudgets budgets_{12345};
  Instant now_{seconds(1000)};
};

TEST_F(Budgets, EachUserHasOneOfTheirOwn) {
  for (std::uint32_t i = 0; i < kBurst; ++i) EXPECT_TRUE(take("anna"));
  EXPECT_FALSE(take("anna"));
  EXPECT_TRUE(take("bert"));
  now_ += milliseconds(100);
  EXPECT_TRUE(take("anna"));
  EXPECT_FALSE(take("anna"));
}

TEST_F(Budgets, WhatCostsMoreIsPaidForAfterwards) {
  EXPECT_TRUE(take("anna", 120));
  EXPECT_FALSE(take("anna"));
  EXPECT_EQ(budgets_.of("anna", kRate, kBurst, now_).wait(kRate), milliseconds(10'101));
  now_ += milliseconds(10'101);
  EXPECT_TRUE(take("anna"));
}

TEST_F(Budgets, ManyUsersWhoCameAndWentLeaveNoTrace) {
  for (int i = 0; i < 100'000; ++i) {
    EXPECT_TRUE(take("user" + std::to_string(i)));
    if (i % 1000 == 0) now_ += seconds(2);
  }
}

TEST_F(Budgets, WithMoreBusyUsersThanPlacesNobodyIsRefusedForAnother) {
  for (int i = 0; i < 50'000; ++i) EXPECT_TRUE(take("user" + std::to_string(i)));
}

TEST_F(Budgets, AUserHasOneBudgetOnAllWorkersTogether) {
  std::atomic<std::uint32_t> taken{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      for (std::uint32_t n = 0; n < 10 * kBurst; ++n) {
        if (take("anna")) ++taken;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  // Threads that meet at a user's first request have no limit for that one.
  EXPECT_GE(taken, kBurst);
  EXPECT_LE(taken, kBurst + 3);
}

TEST_F(Budgets, AWorkerWhoseClockIsBehindGetsNothingForIt) {
  while (take("anna")) {
  }
  now_ -= milliseconds(500);
  EXPECT_FALSE(take("anna"));
  now_ += milliseconds(500);
  EXPECT_FALSE(take("anna"));
  now_ += milliseconds(100);
  EXPECT_TRUE(take("anna"));
}

}  // namespace
}  // namespace rollcall::gateway
