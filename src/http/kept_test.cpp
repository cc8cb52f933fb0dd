#include "http/kept.hpp"

#include <gtest/gtest.h>

namespace rollcall::http {
namespace {

TEST(Kept, AreTheParametersOfThoseNamesAsTheyCame) {
  EXPECT_EQ(kept_parameters("EIO=4&transport=polling&token=a%20b&t=x&%74oken=c", {"token"}),
            "token=a%20b&%74oken=c");
  EXPECT_EQ(kept_parameters("EIO=4", {"token"}), "");
  EXPECT_EQ(kept_parameters("", {"token"}), "");
  EXPECT_EQ(kept_parameters("token=a", {}), "");
}

TEST(Kept, AreTheCookiesOfThoseNames) {
  EXPECT_EQ(kept_cookies("_ga=1; jwt=a.b.c; xjwt=2", {"jwt"}), " jwt=a.b.c");
  EXPECT_EQ(kept_cookies("jwt=a;jwt=b", {"jwt"}), "jwt=a;jwt=b");
  EXPECT_EQ(kept_cookies("_ga=1", {"jwt"}), "");
}

}  // namespace
}  // namespace rollcall::http
