#include "http/cors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const CorsPolicy kNone{{}, false};
const CorsPolicy kNoneWithCredentials{{}, true};
const CorsPolicy kAny{{"*"}, false};
const CorsPolicy kAnyWithCredentials{{"*"}, true};
const CorsPolicy kListed{{"https://a.example", "http://localhost:5173"}, false};
const CorsPolicy kListedNull{{"null"}, false};
const CorsPolicy kListedWithCredentials{{"https://a.example"}, true};
const CorsPolicy kListedAndAny{{"https://a.example", "*"}, false};

const Header kVary{"vary", "Origin"};
const Header kCredentials{"access-control-allow-credentials", "true"};
const Header kMethods{"access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE"};
const Header kMaxAge{"access-control-max-age", "7200"};

Header allow(const char* origin) {
  return {"access-control-allow-origin", origin};
}

Request from(const char* origin, const char* method = "GET") {
  Request request;
  request.method = method;
  request.headers = {{"host", "server.example"}};
  if (*origin) request.headers.push_back({"origin", origin});
  return request;
}

TEST(Cors, AllowsTheOriginsOfThePolicy) {
  const struct {
    const CorsPolicy& policy;
    const char* origin;
    bool allowed;
  } cases[] = {
      {kNone, "https://a.example", false},
      {kAny, "https://a.example", true},
      {kAny, "null", true},
      {kListed, "https://a.example", true},
      {kListed, "http://localhost:5173", true},
      {kListed, "https://a.example:443", true},
      {kListed, "https://a.example.evil", false},
      {kListed, "http://a.example", false},
      {kListed, "https://A.example", true},
      {kListed, "null", false},
      {kListedNull, "null", true},
      {kListed, "", false},
      {kListed, "*", false},
      {kListedAndAny, "https://b.example", true},
  };
  for (const auto& [policy, origin, allowed] : cases)
    EXPECT_EQ(origin_allowed(policy, origin), allowed) << origin;
}

TEST(Cors, PutsHeadersOnAnswers) {
  const char* const kA = "https://a.example";
  const char* const kB = "https://b.example";
  const struct {
    const CorsPolicy& policy;
    const char* origin;
    std::vector<Header> headers;
  } cases[] = {
      {kNone, kA, {}},
      {kNoneWithCredentials, kA, {}},
      {kAny, kA, {allow("*")}},
      {kAny, "", {allow("*")}},
      {kListedAndAny, kB, {allow("*")}},
      {kAnyWithCredentials, kB, {kVary, allow(kB), kCredentials}},
      {kAnyWithCredentials, "", {kVary}},
      {kListed, kA, {kVary, allow(kA)}},
      {kListed, kB, {kVary}},
      {kListed, "", {kVary}},
      {kListedWithCredentials, kA, {kVary, allow(kA), kCredentials}},
      {kListedWithCredentials, kB, {kVary}},
  };
  for (const auto& [policy, origin, headers] : cases) {
    EXPECT_EQ(cors_headers(policy, from(origin)), headers) << origin;
  }
}

TEST(Cors, AnswersAPreflight) {
  Request request = from("https://a.example", "OPTIONS");
  request.headers.push_back({"access-control-request-headers", "authorization,content-type"});
  const auto response = preflight(kListedWithCredentials, request);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 204u);
  EXPECT_EQ(response->body, "");
  EXPECT_THAT(response->headers,
              ElementsAre(kVary, allow("https://a.example"), kCredentials, kMethods,
                          Header{"access-control-allow-headers", "authorization,content-type"}, kMaxAge));
}

TEST(Cors, AllowsNoHeadersThatWereNotAskedFor) {
  EXPECT_THAT(preflight(kAny, from("https://a.example", "OPTIONS"))->headers,
              ElementsAre(allow("*"), kMethods, kMaxAge));
}

TEST(Cors, JoinsWhatWasAskedForInSeveralHeaders) {
  Request request = from("https://a.example", "OPTIONS");
  request.headers.push_back({"access-control-request-headers", "a"});
  request.headers.push_back({"access-control-request-headers", "b"});
  EXPECT_THAT(preflight(kAny, request)->headers,
              ElementsAre(allow("*"), kMethods, Header{"access-control-allow-headers", "a,b"}, kMaxAge));
}

TEST(Cors, AllowsNothingToAnUnknownOriginInAPreflight) {
  const auto listed = preflight(kListed, from("https://b.example", "OPTIONS"));
  ASSERT_TRUE(listed.has_value());
  EXPECT_EQ(listed->status, 204u);
  EXPECT_THAT(listed->headers, ElementsAre(kVary));
  EXPECT_THAT(preflight(kNone, from("https://b.example", "OPTIONS"))->headers, IsEmpty());
}

TEST(Cors, TakesOnlyOptionsWithAnOriginForAPreflight) {
  EXPECT_FALSE(preflight(kAny, from("", "OPTIONS")).has_value());
  EXPECT_FALSE(preflight(kAny, from("https://a.example", "GET")).has_value());
  EXPECT_FALSE(preflight(kAny, from("https://a.example", "options")).has_value());
}

}  // namespace
}  // namespace rollcall::http
