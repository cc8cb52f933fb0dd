#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "http/test_parse.hpp"

namespace rollcall::http {
namespace {

using test::Outcome;
using test::parse;

constexpr Limits kLimitsForPieces{512, 64};

const std::string kStreams[] = {
    "GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n4hi\r\n\r\n!\r\nGET / HTTP/1.1\r\nHost: "
    "a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;x=\"y\"\r\nhello\r\n2\r\n\r\n\r\n0;z\r\nA: b\r\nC: d\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
    "chunked\r\n\r\n20\r\n0123456789abcdef0123456789abcdef\r\n21\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naX",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc",
    "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
    "GET / HTTP/2.0\r\n\r\n",
    "GET /unfinished HTTP/1.1\r\nHost:",
};

TEST(RequestSplit, TwoReadsGiveWhatOneGives) {
  for (const std::string& bytes : kStreams) {
    const Outcome whole = parse(bytes, kLimitsForPieces);
    for (std::size_t i = 1; i < bytes.size(); ++i) {
      EXPECT_TRUE(parse(bytes, kLimitsForPieces, {i, bytes.size()}) == whole)
          << "cut after " << i << " bytes of " << bytes;
    }
  }
}

TEST(RequestSplit, SingleBytesGiveWhatOneReadGives) {
  for (const std::string& bytes : kStreams)
    EXPECT_TRUE(parse(bytes, kLimitsForPieces, {1}) == parse(bytes, kLimitsForPieces)) << bytes;
}

std::string any_token() {
  return *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ019-_"))));
}

// A request, and the bytes that say it.
std::string add_request(std::vector<Request>& requests) {
  Request request;
  request.method = any_token();
  request.path = "/" + any_token();
  request.target = request.path;
  request.keep_alive = true;
  request.headers.push_back({"host", "a"});
  for (std::size_t i = *rc::gen::inRange(0, 4); i > 0; --i) request.headers.push_back({"x-any", any_token()});
  request.body = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  std::string framed;
  if (*rc::gen::arbitrary<bool>()) {
    request.headers.push_back({"transfer-encoding", "chunked"});
    for (const char byte : request.body) framed.append("1\r\n").append(1, byte).append("\r\n");
    framed.append("0\r\n\r\n");
  } else {
    request.headers.push_back({"content-length", std::to_string(request.body.size())});
    framed = request.body;
  }
  std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\n";
  for (const Header& field : request.headers) bytes += field.name + ": " + field.value + "\r\n";
  requests.push_back(std::move(request));
  return bytes + "\r\n" + framed;
}

RC_GTEST_PROP(RequestSplit, WhatWasSentIsWhatIsReadHoweverItIsCut, ()) {
  std::vector<Request> requests;
  std::string bytes;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) bytes += add_request(requests);
  const auto pieces =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 80)));
  const Outcome outcome = parse(bytes, {4096, 4096}, pieces);
  RC_ASSERT(!outcome.fault.has_value());
  RC_ASSERT(outcome.requests == requests);
  RC_ASSERT(outcome.idle);
}

}  // namespace
}  // namespace rollcall::http
