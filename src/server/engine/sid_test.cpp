#include "server/engine/sid.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rollcall::server {
namespace {

TEST(Sid, SaysNothingOfASingleWorker) {
  const SidScheme scheme(0, 1);
  EXPECT_EQ(scheme.make().size(), 20U);
  EXPECT_EQ(scheme.other_owner("00aaaaaaaaaaaaaaaaaaaa"), std::nullopt);
}

TEST(Sid, LeadsEveryWorkerButItsOwnToItsOwner) {
  constexpr std::size_t kWorkers = SidScheme::kMaxWorkers;
  const SidScheme asking(5, kWorkers);
  for (WorkerIndex owner = 0; owner < kWorkers; ++owner) {
    const std::string sid = SidScheme(owner, kWorkers).make();
    EXPECT_EQ(sid.size(), 22U);
    EXPECT_EQ(asking.other_owner(sid), owner == 5 ? std::nullopt : std::optional(owner));
  }
}

TEST(Sid, OfAMissingWorkerIsServedByWhicheverWorkerIsAsked) {
  const SidScheme scheme(0, 3);
  EXPECT_EQ(scheme.other_owner("02x"), 2U);
  for (const char* sid : {"", "0", "00", "03", "0v", "vv", "0w", "0-", "A0", "zz", "\xFF\xFF"}) {
    EXPECT_EQ(scheme.other_owner(sid), std::nullopt) << sid;
  }
}

TEST(Sid, IsNeverTheSame) {
  const SidScheme scheme(1, 2);
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) made.insert(scheme.make());
  EXPECT_EQ(made.size(), 1000U);
}

}  // namespace
}  // namespace rollcall::server
