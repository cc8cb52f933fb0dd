#include "http/request_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/test_parse.hpp"

namespace rollcall::http {
namespace {

using test::parse;
using testing::ElementsAre;

constexpr Limits kLimits{1024, 100};

Request only_request(std::string_view bytes) {
  test::Outcome outcome = parse(bytes, kLimits);
  EXPECT_FALSE(outcome.fault.has_value()) << bytes;
  EXPECT_EQ(outcome.requests.size(), 1u) << bytes;
  return outcome.requests.empty() ? Request{} : outcome.requests[0];
}

TEST(RequestParser, ReadsAGetRequest) {
  const Request request =
      only_request("GET /socket.io/?EIO=4&t=a%20b HTTP/1.1\r\nHost: a:3000\r\nX-One: \t1 2\t \r\n\r\n");
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/socket.io/?EIO=4&t=a%20b");
  EXPECT_EQ(request.path, "/socket.io/");
  EXPECT_EQ(request.query, "EIO=4&t=a%20b");
  EXPECT_THAT(request.headers, ElementsAre(Header{"host", "a:3000"}, Header{"x-one", "1 2"}));
  EXPECT_EQ(request.body, "");
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(request.expects_continue);
  EXPECT_FALSE(request.http_1_0);
}

TEST(RequestParser, UnderstandsATargetWithSchemeAndHostWhichWinsOverTheHeader) {
  const struct {
    const char* target;
    const char* host;
    const char* path;
    const char* query;
  } cases[] = {
      {"http://b.example/x/y?z=1", "b.example", "/x/y", "z=1"},
      {"https://b.example:443/x", "b.example:443", "/x", ""},
      {"HTTP://b.example", "b.example", "/", ""},
      {"http://b.example?z", "b.example", "/", "z"},
      {"http://[::1]:3000/", "[::1]:3000", "/", ""},
      {"/http://b.example/", "a", "/http://b.example/", ""},
  };
  for (const auto& [target, host, path, query] : cases) {
    const Request request = only_request("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(request.header("host"), host) << target;
    EXPECT_EQ(request.path, path) << target;
    EXPECT_EQ(request.query, query) << target;
    EXPECT_EQ(request.target, target);
  }
}

TEST(RequestParser, RefusesATargetWhoseHostCouldBeReadInTwoWays) {
  for (const char* target : {"http://u:p@b.example/", "http://b.example#x/", "http://b.example\\x/"}) {
    const auto outcome = parse("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n", kLimits);
    EXPECT_EQ(outcome.fault, Fault::bad_request) << target;
  }
}

TEST(RequestParser, OnlyTheFirstQuestionMarkBeginsTheQuery) {
  const Request request = only_request("GET /a?b?c HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.query, "b?c");
}

TEST(RequestParser, ReadsABodyOfAGivenLength) {
  const std::string body("a\r\n\0b", 5);
  EXPECT_EQ(only_request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n" + body).body, body);
  EXPECT_EQ(only_request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").body, "");
}

TEST(RequestParser, AcceptsALengthThatIsSaidTwiceAlike) {
  EXPECT_EQ(
      only_request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab").body,
      "ab");
}

TEST(RequestParser, ReadsAChunkedBody) {
  const struct {
    std::string_view framed, body;
  } cases[] = {
      {"0\r\n\r\n", ""},
      {"1\r\na\r\n0\r\n\r\n", "a"},
      {"3\r\nabc\r\n0A\r\n0123456789\r\n000\r\n\r\n", "abc0123456789"},
      {"3;name=value;other=\"a;b\"\r\nabc\r\n0;last\r\n\r\n", "abc"},
      {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
      {"1\r\na\r\n0\r\nTrailer: 1\r\nHost: b\r\n\r\n", "a"},
  };
  for (const auto& [framed, body] : cases) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n";
    const Request request = only_request(head + std::string(framed));
    EXPECT_EQ(request.body, body) << framed;
    EXPECT_EQ(request.headers.size(), 2u) << "trailers are not headers";
  }
}

TEST(RequestParser, KnowsWhetherTheConnectionIsToBeKept) {
  const struct {
    std::string_view version, connection;
    bool kept;
  } cases[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: Keep-Alive\r\n", true},
      {"1.1", "Connection: keep-alive, Upgrade\r\n", true},
      {"1.1", "Connection: x\r\nConnection: Close\r\n", false},
      {"1.0", "", false},
      {"1.0", "Connection: keep-alive\r\n", true},
      {"1.0", "Connection: close\r\n", false},
  };
  for (const auto& [version, connection, kept] : cases) {
    const Request request = only_request("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" +
                                         std::string(connection) + "\r\n");
    EXPECT_EQ(request.keep_alive, kept) << version << " " << connection;
    EXPECT_EQ(request.http_1_0, version == "1.0");
  }
}

TEST(RequestParser, DoesNotAskAnHttp10ClientForAHost) {
  EXPECT_EQ(only_request("GET / HTTP/1.0\r\n\r\n").headers.size(), 0u);
}

TEST(RequestParser, KnowsWhoWaitsForAContinue) {
  const std::string expect = "Host: a\r\nExpect: 100-Continue\r\n";
  EXPECT_TRUE(
      parse("POST / HTTP/1.1\r\n" + expect + "Content-Length: 1\r\n\r\n", kLimits).head->expects_continue);
  EXPECT_TRUE(parse("POST / HTTP/1.1\r\n" + expect + "Transfer-Encoding: chunked\r\n\r\n", kLimits)
                  .head->expects_continue);
  EXPECT_FALSE(only_request("POST / HTTP/1.1\r\n" + expect + "\r\n").expects_continue)
      << "no body to wait with";
  EXPECT_FALSE(
      parse("POST / HTTP/1.0\r\n" + expect + "Content-Length: 1\r\n\r\n", kLimits).head->expects_continue);
  EXPECT_FALSE(
      parse("POST / HTTP/1.1\r\n" + expect + "Content-Length: 101\r\n\r\n", kLimits).head->expects_continue)
      << "a body that is not taken is not asked for";
}

TEST(RequestParser, ShowsTheHeadBeforeTheBodyIsThere) {
  RequestParser parser(kLimits);
  const std::string_view head = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
  ASSERT_EQ(*parser.feed(head.substr(0, head.size() - 1)), head.size() - 1);
  EXPECT_EQ(parser.head(), nullptr);
  ASSERT_EQ(*parser.feed(head.substr(head.size() - 1)), 1u);
  ASSERT_NE(parser.head(), nullptr);
  EXPECT_EQ(parser.head()->path, "/p");
  EXPECT_FALSE(parser.complete());
  ASSERT_EQ(*parser.feed("abcd"), 3u);
  EXPECT_TRUE(parser.complete());
  EXPECT_EQ(parser.head()->body, "abc");
}

TEST(RequestParser, UsesNothingBetweenTheEndOfARequestAndItsTaking) {
  RequestParser parser(kLimits);
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_EQ(*parser.feed(get + get), get.size());
  EXPECT_EQ(*parser.feed(get), 0u);
  EXPECT_TRUE(parser.complete());
  parser.take();
  EXPECT_FALSE(parser.complete());
  EXPECT_EQ(parser.head(), nullptr);
  EXPECT_EQ(*parser.feed(get), get.size());
}

TEST(RequestParser, ReadsPipelinedRequestsInOrder) {
  const test::Outcome outcome = parse(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
      "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\n0\r\n\r\n"
      "GET /4 HTTP/1.1\r\nHo",
      kLimits);
  ASSERT_EQ(outcome.requests.size(), 3u);
  EXPECT_EQ(outcome.requests[0].path, "/1");
  EXPECT_EQ(outcome.requests[1].body, "x");
  EXPECT_EQ(outcome.requests[2].body, "y");
  EXPECT_FALSE(outcome.fault.has_value());
  EXPECT_FALSE(outcome.idle);
}

TEST(RequestParser, LeavesWhatFollowsAnUpgradeRequestToTheNextProtocol) {
  RequestParser parser(kLimits);
  const std::string head = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  EXPECT_EQ(*parser.feed(head + "\x81\x80zzzz"), head.size());
  EXPECT_TRUE(parser.complete());
}

TEST(RequestParser, TakesTheBodyOfAnUpgradeRequestForItsBody) {
  const test::Outcome outcome = parse(
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 31\r\n\r\n"
      "GET /evil HTTP/1.1\r\nHost: a\r\n\r\n",
      kLimits);
  ASSERT_EQ(outcome.requests.size(), 1u);
  EXPECT_EQ(outcome.requests[0].body.size(), 31u);
}

TEST(RequestParser, IsIdleUntilTheFirstByteOfARequest) {
  RequestParser parser(kLimits);
  EXPECT_TRUE(parser.idle());
  EXPECT_EQ(*parser.feed(""), 0u);
  EXPECT_TRUE(parser.idle());
  EXPECT_EQ(*parser.feed("G"), 1u);
  EXPECT_FALSE(parser.idle());
  EXPECT_EQ(*parser.feed("ET / HTTP/1.0\r\n\r\n"), 17u);
  EXPECT_FALSE(parser.idle());
  parser.take();
  EXPECT_TRUE(parser.idle());
}

TEST(RequestParser, ForgivesOneEmptyLineBeforeARequestAndStaysIdle) {
  RequestParser parser(kLimits);
  ASSERT_EQ(*parser.feed("\r\n"), 2u);
  EXPECT_TRUE(parser.idle());
  ASSERT_TRUE(parser.feed("GET / HTTP/1.0\r\n\r\n").ok());
  EXPECT_TRUE(parser.complete());
}

TEST(RequestParser, CanBeMovedInTheMiddleOfARequest) {
  RequestParser parser(kLimits);
  ASSERT_TRUE(parser.feed("GET /moved HTT").ok());
  RequestParser other = std::move(parser);
  ASSERT_TRUE(other.feed("P/1.0\r\n\r\n").ok());
  EXPECT_EQ(other.take().path, "/moved");
}

}  // namespace
}  // namespace rollcall::http
