#include "gateway/token_source.hpp"

#include <gtest/gtest.h>

namespace rollcall::gateway {
namespace {

// One with a token in each place but `auth`.
Handshake everywhere() {
  Handshake handshake;
  handshake.query = "EIO=4&token=from%2Dquery";
  handshake.headers = {{"authorization", "Bearer from-header"}, {"cookie", "a=b; jwt=from-cookie"}};
  return handshake;
}

TEST(TokenSource, LooksInAuthFirst) {
  EXPECT_EQ(find_token(R"({"token":"from-auth"})", everywhere()), "from-auth");
  EXPECT_EQ(find_token(R"({"token":"Bearer from-auth"})", everywhere()), "Bearer from-auth");
}

TEST(TokenSource, LooksInTheAuthorizationHeaderNext) {
  for (const char* auth :
       {"{}", R"({"token":""})", R"({"token":null})", R"({"other":"x"})", "", "nonsense", "[1]"})
    EXPECT_EQ(find_token(auth, everywhere()), "Bearer from-header") << auth;
}

TEST(TokenSource, TakesTheSchemeInAnyCase) {
  Handshake handshake = everywhere();
  handshake.headers[0].second = "bEARER x";
  EXPECT_EQ(find_token("{}", handshake), "bEARER x");
}

TEST(TokenSource, LooksInTheQueryWhenTheHeaderHasNoBearerToken) {
  Handshake handshake = everywhere();
  for (const char* header : {"Basic dXNlcjpwYXNz", "Bearer", "", "Bearers x"}) {
    handshake.headers[0].second = header;
    EXPECT_EQ(find_token("{}", handshake), "from-query") << header;
  }
  handshake.headers.erase(handshake.headers.begin());
  EXPECT_EQ(find_token("{}", handshake), "from-query");
}

TEST(TokenSource, LooksInTheCookieLast) {
  Handshake handshake = everywhere();
  handshake.headers.erase(handshake.headers.begin());
  for (const char* query : {"", "token=", "EIO=4", "tokens=x"}) {
    handshake.query = query;
    EXPECT_EQ(find_token("{}", handshake), "from-cookie") << query;
  }
}

TEST(TokenSource, FindsNothingWhereThereIsNothing) {
  EXPECT_EQ(find_token("{}", Handshake{}), "");
  Handshake other_cookie;
  other_cookie.headers = {{"cookie", "xjwt=no; JWT=no"}};
  EXPECT_EQ(find_token("{}", other_cookie), "");
}

TEST(TokenSource, DoesNotMistakeATokenOfAnotherTypeForNone) {
  EXPECT_EQ(find_token(R"({"token":5})", everywhere()), "5");
  EXPECT_EQ(find_token(R"({"token":{"a":1}})", everywhere()), R"({"a":1})");
}

}  // namespace
}  // namespace rollcall::gateway
