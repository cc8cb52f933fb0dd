#include "jwt/algorithm.hpp"

#include <gtest/gtest.h>

namespace rollcall::jwt {
namespace {

TEST(Algorithm, EveryNameIsParsedBackToItself) {
  for (std::size_t i = 0; i < kAlgorithmCount; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    EXPECT_EQ(parse_algorithm(name_of(algorithm)), algorithm) << name_of(algorithm);
  }
}

TEST(Algorithm, NothingElseIsAnAlgorithm) {
  for (const char* name :
       {"", "none", "None", "NONE", "hs256", "HS256 ", "HS2560", "ES256K", "EdDSA", "HS128"}) {
    EXPECT_EQ(parse_algorithm(name), std::nullopt) << name;
  }
}

TEST(Algorithm, EachCurveIsAFamilyOfItsOwn) {
  EXPECT_EQ(family_of(Algorithm::HS384), Family::secret);
  EXPECT_EQ(family_of(Algorithm::RS512), Family::rsa);
  EXPECT_EQ(family_of(Algorithm::PS256), Family::rsa);
  EXPECT_EQ(family_of(Algorithm::ES256), Family::p256);
  EXPECT_EQ(family_of(Algorithm::ES384), Family::p384);
  EXPECT_EQ(family_of(Algorithm::ES512), Family::p521);
}

}  // namespace
}  // namespace rollcall::jwt
