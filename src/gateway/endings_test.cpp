#include "gateway/endings.hpp"

#include <gtest/gtest.h>

#include <set>

#include "server/engine_session.hpp"

namespace rollcall::gateway {
namespace {

using engineio::CloseReason;
using presence::Ending;

TEST(Endings, EveryReasonOfASessionsEndHasOneOfItsOwn) {
  std::set<Ending> seen;
  for (const CloseReason reason :
       {CloseReason::transport_close, CloseReason::transport_error, CloseReason::ping_timeout,
        CloseReason::parse_error, CloseReason::forced_close, CloseReason::slow_consumer}) {
    const Ending ending = ending_of(engineio::name_of(reason));
    EXPECT_NE(ending, Ending::unknown) << engineio::name_of(reason);
    EXPECT_FALSE(is_goodbye(ending));
    EXPECT_TRUE(seen.insert(ending).second) << engineio::name_of(reason);
  }
}

TEST(Endings, LeavingANamespaceIsAGoodbyeWhoeverBegins) {
  EXPECT_EQ(ending_of("client namespace disconnect"), Ending::client_goodbye);
  EXPECT_EQ(ending_of("server namespace disconnect"), Ending::server_goodbye);
  EXPECT_TRUE(is_goodbye(Ending::client_goodbye));
  EXPECT_TRUE(is_goodbye(Ending::server_goodbye));
  EXPECT_EQ(ending_of("something else"), Ending::unknown);
}

}  // namespace
}  // namespace rollcall::gateway
