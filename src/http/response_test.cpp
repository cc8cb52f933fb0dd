#include "http/response.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Response hello() {
  Response response;
  response.content_type = "text/plain";
  response.headers = {{"cache-control", "no-store"}};
  response.body = "hello";
  return response;
}

TEST(Serialize, WritesTheHeadAndTheBody) {
  EXPECT_EQ(serialize(hello(), true),
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\nconnection: keep-alive\r\n"
            "cache-control: no-store\r\n\r\nhello");
}

TEST(Serialize, SaysThatTheConnectionIsClosed) {
  EXPECT_THAT(serialize(hello(), false), HasSubstr("\r\nconnection: close\r\n"));
  Response closing = hello();
  closing.close = true;
  EXPECT_THAT(serialize(closing, true), HasSubstr("\r\nconnection: close\r\n"));
}

TEST(Serialize, GivesAHeadRequestTheLengthButNotTheBody) {
  EXPECT_THAT(serialize(hello(), true, true), HasSubstr("content-length: 5\r\n"));
  EXPECT_THAT(serialize(hello(), true, true), EndsWith("\r\n\r\n"));
}

TEST(Serialize, GivesAnEmptyBodyItsLength) {
  EXPECT_EQ(serialize(Response{}, true),
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n");
}

TEST(Serialize, GivesNoLengthAndNoBodyWhereThereCanBeNone) {
  for (const unsigned status : {101u, 204u, 304u}) {
    Response response = hello();
    response.status = status;
    EXPECT_THAT(serialize(response, true), Not(HasSubstr("content-"))) << status;
    EXPECT_THAT(serialize(response, true), EndsWith("\r\n\r\n")) << status;
  }
}

TEST(Serialize, LeavesTheConnectionOfAnUpgradeToTheCaller) {
  Response response;
  response.status = 101;
  response.headers = {{"connection", "Upgrade"}, {"upgrade", "websocket"}};
  EXPECT_EQ(serialize(response, true),
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
}

TEST(Serialize, LetsNoHeaderTouchTheFraming) {
  Response response;
  response.headers = {{"Content-Length", "99"}, {"transfer-encoding", "chunked"}, {"Connection", "upgrade"}};
  EXPECT_EQ(serialize(response, false), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
}

TEST(Serialize, LeavesOutWhatIsNoHeader) {
  using std::string_literals::operator""s;
  Response response;
  response.content_type = "text/plain\r\nevil: 1";
  response.headers = {
      {"a", "b\r\nevil: 1"}, {"b", "c\nevil"}, {"c", "d\re"},  {"d", "e\0f"s},     {"e", "f\x7f"},
      {"", "evil"},          {"a b", "evil"},  {"a:", "evil"}, {"a\r\nevil", "1"}, {"fine", "a\tb \xc3\xa4"}};
  EXPECT_EQ(serialize(response, true),
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\nfine: a\tb \xc3\xa4\r\n\r\n");
}

TEST(Serialize, WritesReasons) {
  const struct {
    unsigned status;
    std::string_view line;
  } cases[] = {
      {400, "HTTP/1.1 400 Bad Request\r\n"},
      {404, "HTTP/1.1 404 Not Found\r\n"},
      {413, "HTTP/1.1 413 Content Too Large\r\n"},
      {503, "HTTP/1.1 503 Service Unavailable\r\n"},
      {505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
      {299, "HTTP/1.1 299 \r\n"},
  };
  for (const auto& [status, line] : cases) {
    Response response;
    response.status = status;
    EXPECT_THAT(serialize(response, true), StartsWith(std::string(line)));
  }
}

TEST(SerializeStream, WritesTheHeadOfAnAnswerInChunks) {
  Response response;
  response.content_type = "text/event-stream";
  response.headers = {{"cache-control", "no-store"}, {"content-length", "5"}};
  response.body = "ignored";
  EXPECT_EQ(serialize_stream(response, true, true),
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
            "connection: keep-alive\r\ncache-control: no-store\r\n\r\n");
  EXPECT_EQ(serialize_stream(response, false, false),
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
            "cache-control: no-store\r\n\r\n");
}

TEST(SerializeStream, WritesTheSizeOfAChunkInHexadecimal) {
  EXPECT_EQ(chunk_begin(1), "1\r\n");
  EXPECT_EQ(chunk_begin(0xabc0), "abc0\r\n");
}

}  // namespace
}  // namespace rollcall::http
