#include "base/counted.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

TEST(Counted, OnlyOneIsOne) {
  EXPECT_EQ(counted(0, "user"), "0 users");
  EXPECT_EQ(counted(1, "user"), "1 user");
  EXPECT_EQ(counted(2, "user"), "2 users");
}

}  // namespace
}  // namespace rollcall::base
