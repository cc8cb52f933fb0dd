#include "gateway/endings.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/kinds.hpp"

namespace rollcall::gateway {
namespace {

using presence::Ending;

TEST(Endings, EveryReasonHasOneOfItsOwnAndOnlyLeavingANamespaceIsAGoodbye) {
  std::set<Ending> seen;
  for (std::size_t i = 0; i < base::kKinds<EndReason>; ++i) {
    const auto reason = static_cast<EndReason>(i);
    const Ending ending = ending_of(reason);
    EXPECT_NE(ending, Ending::unknown) << name_of(reason);
    EXPECT_EQ(is_goodbye(ending), reason == EndReason::client_left || reason == EndReason::server_left)
        << name_of(reason);
    EXPECT_TRUE(seen.insert(ending).second) << name_of(reason);
  }
}

TEST(Endings, LeavingANamespaceIsAGoodbyeWhoeverBegins) {
  EXPECT_EQ(ending_of(EndReason::client_left), Ending::client_goodbye);
  EXPECT_EQ(ending_of(EndReason::server_left), Ending::server_goodbye);
}

}  // namespace
}  // namespace rollcall::gateway
