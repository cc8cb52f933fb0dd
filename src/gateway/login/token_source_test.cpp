#include "gateway/login/token_source.hpp"

#include <gtest/gtest.h>

namespace rollcall::gateway {
namespace {

constexpr const char* kQuery = "EIO=4&token=from%2Dquery";
constexpr std::pair<const char*, const char*> kCookie{"cookie", "a=b; jwt=from-cookie"};

Handshake handshake(const char* query, const Handshake::Headers& headers) {
  return {"127.0.0.1", false, query, headers};
}

// One with a token in each place but `auth`.
Handshake everywhere(const char* authorization = "Bearer from-header") {
  return handshake(kQuery, {{"authorization", authorization}, kCookie});
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
  EXPECT_EQ(find_token("{}", everywhere("bEARER x")), "bEARER x");
}

TEST(TokenSource, LooksInTheQueryWhenTheHeaderHasNoBearerToken) {
  for (const char* header : {"Basic dXNlcjpwYXNz", "Bearer", "", "Bearers x"}) {
    EXPECT_EQ(find_token("{}", everywhere(header)), "from-query") << header;
  }
  EXPECT_EQ(find_token("{}", handshake(kQuery, {kCookie})), "from-query");
}

TEST(TokenSource, LooksInTheCookieLast) {
  for (const char* query : {"", "token=", "EIO=4", "tokens=x"}) {
    EXPECT_EQ(find_token("{}", handshake(query, {kCookie})), "from-cookie") << query;
  }
}

TEST(TokenSource, FindsNothingWhereThereIsNothing) {
  EXPECT_EQ(find_token("{}", Handshake{}), "");
  EXPECT_EQ(find_token("{}", handshake("", {{"cookie", "xjwt=no; JWT=no"}})), "");
}

TEST(TokenSource, DoesNotMistakeATokenOfAnotherTypeForNone) {
  EXPECT_EQ(find_token(R"({"token":5})", everywhere()), "5");
  EXPECT_EQ(find_token(R"({"token":{"a":1}})", everywhere()), R"({"a":1})");
}

}  // namespace
}  // namespace rollcall::gateway
