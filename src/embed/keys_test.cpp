#include "embed/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "rollcall/tokens.hpp"

namespace rollcall::embed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";
constexpr WallTime kNow = wall_time(1'767'530'096'000);

TEST(Keys, ASecretAloneVerifiesItsTokens) {
  AuthSettings auth;
  auth.jwt_secret = kSecret;
  const auto keys = load_keys(auth);
  ASSERT_TRUE(keys.ok());
  Claims claims;
  claims.subject = "user-1";
  claims.expires_at = kNow + seconds{60};
  const auto verified = (*keys)->verify(sign_hs256(claims, kSecret, kNow), kNow);
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->subject, "user-1");
}

TEST(Keys, TheLeewayIsTheConfiguredOne) {
  AuthSettings auth;
  auth.jwt_secret = kSecret;
  auth.leeway = milliseconds{60'000};
  const auto keys = load_keys(auth);
  ASSERT_TRUE(keys.ok());
  Claims claims;
  claims.subject = "user-1";
  claims.expires_at = kNow;
  const std::string token = sign_hs256(claims, kSecret, kNow - seconds{60});
  EXPECT_TRUE((*keys)->verify(token, kNow + seconds{50}).ok());
  EXPECT_FALSE((*keys)->verify(token, kNow + seconds{70}).ok());
}

TEST(Keys, EveryFileThatCannotBeReadIsNamed) {
  AuthSettings auth;
  auth.jwt_secret = kSecret;
  auth.algorithms = {"HS256", "RS256"};
  auth.public_keys = {"/no/one.pem", "/no/two.pem"};
  auth.jwks_file = "/no/keys.json";
  const auto keys = load_keys(auth);
  ASSERT_FALSE(keys.ok());
  EXPECT_THAT(keys.error(), ElementsAre("/no/one.pem cannot be read: No such file or directory",
                                        "/no/two.pem cannot be read: No such file or directory",
                                        "/no/keys.json cannot be read: No such file or directory"));
}

TEST(Keys, AFileThatHoldsNoKeyIsAMistakeThatNamesIt) {
  const std::string path = testing::TempDir() + "rollcall_keys_test.pem";
  std::ofstream(path) << "hush, this is no key\n";
  AuthSettings auth;
  auth.algorithms = {"RS256"};
  auth.public_keys = {path};
  const auto keys = load_keys(auth);
  ASSERT_FALSE(keys.ok());
  EXPECT_THAT(keys.error().front(), HasSubstr(path));
  EXPECT_THAT(keys.error().front(), Not(HasSubstr("hush")));
}

TEST(Keys, AnAlgorithmThatIsNotKnownIsAMistake) {
  AuthSettings auth;
  auth.jwt_secret = kSecret;
  auth.algorithms = {"none"};
  const auto keys = load_keys(auth);
  ASSERT_FALSE(keys.ok());
  EXPECT_THAT(keys.error(), ElementsAre("none is not a known algorithm"));
}

}  // namespace
}  // namespace rollcall::embed
