#include "cluster/incarnation.hpp"

#include <gtest/gtest.h>

namespace rollcall::cluster {
namespace {

TEST(Incarnation, IsWrittenAsSixteenHexadecimalDigits) {
  EXPECT_EQ(text_of(Incarnation{0x1f}), "000000000000001f");
  EXPECT_EQ(text_of(Incarnation{0xFEDCBA9876543210U}), "fedcba9876543210");
}

TEST(Incarnation, IsReadBackAsItWasWritten) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{0x1f}, ~std::uint64_t{0}}) {
    EXPECT_EQ(parse_incarnation(text_of(Incarnation{value})), Incarnation{value});
  }
}

TEST(Incarnation, IsNotReadFromAnythingElse) {
  for (const char* text :
       {"", "1f", "000000000000001F", "000000000000001g", "0000000000000001f", "0x0000000000001f"}) {
    EXPECT_EQ(parse_incarnation(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rollcall::cluster
