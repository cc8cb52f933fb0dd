#include "gateway/coarse_address.hpp"

#include <gtest/gtest.h>

namespace rollcall::gateway {
namespace {

TEST(CoarseAddress, NamesTheNetwork) {
  EXPECT_EQ(coarse_address("203.0.113.7"), "203.0.113.0/24");
  EXPECT_EQ(coarse_address("127.0.0.1"), "127.0.0.0/24");
  EXPECT_EQ(coarse_address("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  EXPECT_EQ(coarse_address("::1"), "::/48");
}

TEST(CoarseAddress, IsNothingForWhatIsNoAddress) {
  for (const char* bad : {"", "203.0.113", "203.0.113.7:80", "[::1]", "localhost", "fe80::1%eth0"}) {
    EXPECT_EQ(coarse_address(bad), "") << bad;
  }
}

}  // namespace
}  // namespace rollcall::gateway
