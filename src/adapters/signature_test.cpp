#include "adapters/signature.hpp"

#include <gtest/gtest.h>

namespace rollcall::adapters {
namespace {

// Computed by: printf '1767530096.{"a":1}' | openssl dgst -sha256 -hmac "$secret"
TEST(Signature, IsWhatOpensslComputes) {
  EXPECT_EQ(signature("a-secret-that-only-the-two-of-us-know", 1'767'530'096, R"({"a":1})"),
            "t=1767530096,v1=30414ab7e943bbbdcb1958ff3fda6ef2b28fe31a4c4a3f8e1147a7fa0f726f15");
}

TEST(Signature, CoversTheTimeTheBodyAndTheSecret) {
  const std::string one = signature("secret", 1, "body");
  EXPECT_NE(one.substr(4), signature("secret", 2, "body").substr(4));
  EXPECT_NE(one, signature("secret", 1, "bodx"));
  EXPECT_NE(one, signature("secres", 1, "body"));
}

TEST(Signature, TakesAnyBytes) {
  EXPECT_EQ(signature(std::string("\0\xFF", 2), 1, std::string("\0", 1)).size(), 4u + 3 + 64);
  EXPECT_NE(signature("s", 1, std::string("\0", 1)), signature("s", 1, ""));
}

}  // namespace
}  // namespace rollcall::adapters
