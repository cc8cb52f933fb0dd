#include "server/http/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class RoutesTest : public testing::Test {
 protected:
  void add(std::string_view method, std::string_view pattern) {
    routes.add(method, pattern,
               [this, text = std::string(method) + " " + std::string(pattern)](
                   HttpRequest&, const HttpReply&) { called = text; });
  }
  // What is called, or the status.
  std::string found(std::string_view method, std::string_view path) {
    match = routes.match(method, path);
    if (!match.handler) return std::to_string(match.status);
    HttpRequest request;
    (*match.handler)(request, HttpReply(nullptr));
    return called;
  }

  Routes routes;
  Routes::Match match;
  std::string called;
};

TEST_F(RoutesTest, FindsExactPaths) {
  add("GET", "/a");
  add("GET", "/a/");
  EXPECT_EQ(found("GET", "/a"), "GET /a");
  EXPECT_EQ(found("GET", "/a/"), "GET /a/");
  EXPECT_EQ(found("GET", "/"), "404");
  EXPECT_EQ(found("GET", ""), "404");
  EXPECT_EQ(found("GET", "/b"), "404");
  EXPECT_EQ(found("GET", "/%61"), "404");
}

TEST_F(RoutesTest, FindsPatternsAndTheirParameters) {
  add("GET", "/users/{user}/posts/{post}");
  EXPECT_EQ(found("GET", "/users/u1/posts/2"), "GET /users/{user}/posts/{post}");
  EXPECT_THAT(match.parameters, ElementsAre(Pair("user", "u1"), Pair("post", "2")));
  EXPECT_EQ(found("GET", "/users//posts/2"), "404");
  EXPECT_EQ(found("GET", "/users/u1/posts/"), "404");
  EXPECT_EQ(found("GET", "/users/u1/posts"), "404");
  EXPECT_EQ(found("GET", "/users/u1/posts/2/3"), "404");
  EXPECT_EQ(found("GET", "users/u1/posts/2"), "404");
}

TEST_F(RoutesTest, DecodesParametersOnceTheyAreCutOut) {
  add("GET", "/users/{user}");
  EXPECT_EQ(found("GET", "/users/a%2Fb%20%C3%A4+%00%25"), "GET /users/{user}");
  EXPECT_THAT(match.parameters, ElementsAre(Pair("user", std::string("a/b \xC3\xA4+\0%", 9))));
  for (const char* bad : {"/users/%", "/users/a%2", "/users/%zz", "/users/%2g", "/users/a%"}) {
    EXPECT_EQ(found("GET", bad), "400") << bad;
  }
}

TEST_F(RoutesTest, PrefersExactPathsThenThePatternGivenFirst) {
  add("GET", "/{any}/x");
  add("GET", "/a/{any}");
  add("GET", "/a/x");
  EXPECT_EQ(found("GET", "/a/x"), "GET /a/x");
  EXPECT_EQ(found("GET", "/b/x"), "GET /{any}/x");
  EXPECT_EQ(found("GET", "/a/b"), "GET /a/{any}");
}

TEST_F(RoutesTest, NamesTheMethodsThereAre) {
  add("GET", "/a");
  add("POST", "/a");
  add("POST", "/b/{x}");
  EXPECT_EQ(found("POST", "/a"), "POST /a");
  EXPECT_EQ(found("HEAD", "/a"), "GET /a");
  EXPECT_EQ(found("DELETE", "/a"), "405");
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
  EXPECT_EQ(found("HEAD", "/b/1"), "405");
  EXPECT_EQ(match.allow, "POST");
  EXPECT_EQ(found("get", "/a"), "405");
}

TEST_F(RoutesTest, TakesAHandlerOfItsOwnForHead) {
  add("GET", "/a");
  add("HEAD", "/a");
  EXPECT_EQ(found("HEAD", "/a"), "HEAD /a");
  EXPECT_EQ(found("PUT", "/a"), "405");
  EXPECT_EQ(match.allow, "GET, HEAD");
}

TEST_F(RoutesTest, RefusesInTheWordsOfItsErrorPage) {
  EXPECT_EQ(routes.refusal(404, "Nothing here.", "/a").body, "Nothing here.\n");
  routes.set_error_page([](HttpAnswer& error, std::string_view path) {
    error.body = std::string(path) + "|" + error.body;
    error.content_type = "x/y";
    error.headers.emplace_back("x", "y");
  });
  const http::Response response = routes.refusal(404, "Nothing here.", "/a");
  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(response.body, "/a|Nothing here.\n");
  EXPECT_EQ(response.content_type, "x/y");
  EXPECT_THAT(response.headers, ElementsAre(http::Header{"x", "y"}));
}

}  // namespace
}  // namespace rollcall::server
