#include <gtest/gtest.h>

#include "http/request_parser.hpp"
#include "http/test_parse.hpp"

namespace rollcall::http {
namespace {

using test::Outcome;
using test::parse;

constexpr Limits kTightLimits{256, 20};

const std::string kChunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

void expect_fault(const std::string& bytes, Fault fault) {
  for (const std::vector<std::size_t>& pieces : {std::vector<std::size_t>{}, {1}, {7}}) {
    const Outcome outcome = parse(bytes, kTightLimits, pieces);
    EXPECT_EQ(outcome.fault, fault) << bytes;
    EXPECT_TRUE(outcome.requests.empty()) << bytes;
    EXPECT_FALSE(outcome.idle) << bytes;
  }
}

TEST(RequestFault, RefusesAHeadThatIsNotHttp) {
  using std::string_literals::operator""s;
  const std::string host = " HTTP/1.1\r\nHost: a\r\n";
  const std::string cases[] = {
      "\x16\x03\x01"s,
      "\n"s,
      " GET / HTTP/1.1\r\nHost: a\r\n\r\n"s,
      "GET\r\n\r\n"s,
      "GET /\r\n\r\n"s,
      "G(T /" + host + "\r\n",
      "GET  /" + host + "\r\n",
      "GET /a b" + host + "\r\n",
      "GET /\tb" + host + "\r\n",
      "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"s,
      "GET / http/1.1\r\nHost: a\r\n\r\n"s,
      "GET / x HTTP/1.1\r\nHost: a\r\n\r\n"s,
      "GET / HTTP/11\r\nHost: a\r\n\r\n"s,
      "GET / HTTP/1.1\nHost: a\n\n"s,
      "GET / HTTP/1.1\rHost: a\r\r"s,
      "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s,
      "\r\n\r\nGET /" + host + "\r\n",
  };
  for (const std::string& bytes : cases) expect_fault(bytes, Fault::bad_request);
}

TEST(RequestFault, RefusesBadHeaders) {
  using std::string_literals::operator""s;
  const std::string cases[] = {
      "Name : value"s, " Folded: first"s, "One: 1\r\n folded"s,  "One: 1\r\n\tfolded"s, "No colon"s,
      ": no name"s,    "Na(me: value"s,   "N\xc3\xa4me: value"s, "One: a\0b"s,          "One: a\x7f"s,
      "One: a\x01"s,   "One: a\nTwo: b"s, "One: a\rTwo: b"s,     "Na\0me: value"s,      "Connection: (close"s,
  };
  for (const std::string& line : cases) {
    expect_fault("GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n", Fault::bad_request);
  }
}

TEST(RequestFault, LooksAtEachByteOfALine) {
  for (std::size_t place = 0; place < 20; ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string value(20, 'x');
      value[place] = static_cast<char>(byte);
      const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + value + "y\r\n\r\n";
      const bool taken = (byte >= 0x20 && byte != 0x7f) || byte == '\t';
      EXPECT_EQ(parse(head, kTightLimits, {}).requests.size(), taken ? 1U : 0U) << place << ", " << byte;
    }
  }
}

TEST(RequestFault, AsksForExactlyOneHost) {
  for (const std::string lines : {"", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n", "Host: a b\r\n",
                                  "Host: a, b\r\n", "Host: http://a\r\n", "Host: u@a\r\n"}) {
    expect_fault("GET / HTTP/1.1\r\n" + lines + "\r\n", Fault::bad_request);
  }
}

TEST(RequestFault, RefusesABodyWhoseLengthCouldBeReadInTwoWays) {
  const std::string cases[] = {
      "Content-Length: 1\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nContent-Length: 1",
      "Transfer-Encoding: gzip\r\nContent-Length: 1",
      "Content-Length: 1\r\nTransfer-Encoding: identity",
      "Content-Length: 1\r\nContent-Length: 2",
      "Content-Length: 1, 2",
      "Content-Length:",
      "Content-Length: +1",
      "Content-Length: -1",
      "Content-Length: 0x1",
      "Content-Length: 1 1",
      "Content-Length: 1,",
      "Content-Length: 99999999999999999999",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
  };
  for (const std::string& lines : cases) {
    expect_fault("POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n", Fault::bad_request);
  }
  expect_fault("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Fault::bad_request);
}

TEST(RequestFault, KnowsNoTransferEncodingButChunked) {
  for (const std::string lines :
       {"Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: identity", "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: xchunked", "Transfer-Encoding:", "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"}) {
    expect_fault("POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n", Fault::unsupported_transfer);
  }
}

TEST(RequestFault, KnowsNoVersionsButTwo) {
  for (const std::string version : {"0.9", "1.2", "2.0", "3.0", "9.9"}) {
    expect_fault("GET / HTTP/" + version + "\r\nHost: a\r\n\r\n", Fault::version_not_supported);
  }
  expect_fault("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Fault::version_not_supported);
}

std::string head_of_size(std::size_t bytes) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
}

TEST(RequestFault, TakesAHeadUpToItsLimit) {
  EXPECT_EQ(parse(head_of_size(kTightLimits.header_bytes), kTightLimits).requests.size(), 1u);
  expect_fault(head_of_size(kTightLimits.header_bytes + 1), Fault::header_too_big);
  expect_fault("GET /" + std::string(kTightLimits.header_bytes, 'x'), Fault::header_too_big);
}

TEST(RequestFault, TakesHeadersUpToTheirNumber) {
  const auto head = [](std::size_t headers) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < headers; ++i) bytes += "A:b\r\n";
    return bytes + "\r\n";
  };
  constexpr Limits kRoomy{10'000, 0};
  EXPECT_EQ(parse(head(kMaxHeaders), kRoomy).requests.size(), 1u);
  EXPECT_EQ(parse(head(kMaxHeaders + 1), kRoomy).fault, Fault::header_too_big);
}

TEST(RequestFault, CountsTrailersAsHeaders) {
  constexpr Limits kRoomy{10'000, 0};
  std::string bytes = kChunked + "0\r\n";
  for (std::size_t i = 2; i < kMaxHeaders; ++i) bytes += "A:b\r\n";
  EXPECT_EQ(parse(bytes + "\r\n", kRoomy).requests.size(), 1u);
  EXPECT_EQ(parse(bytes + "A:b\r\n\r\n", kRoomy).fault, Fault::header_too_big);
}

TEST(RequestFault, RefusesATooBigBodyWhenItsHeadIsKnown) {
  const std::string head = "POST /p HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\nContent-Length: ";
  EXPECT_EQ(parse(head + "20\r\n\r\n" + std::string(20, 'x'), kTightLimits).requests.size(), 1u);
  for (const std::string length : {"21", "18446744073709551615"}) {
    expect_fault(head + length + "\r\n\r\n", Fault::body_too_big);
  }
  const Outcome outcome = parse(head + "21\r\n\r\n", kTightLimits);
  ASSERT_TRUE(outcome.head.has_value()) << "the answer needs to know the origin";
  EXPECT_EQ(outcome.head->header("origin"), "http://b");
}

TEST(RequestFault, RefusesTooManyChunksWhenTheOneTooManyIsAnnounced) {
  const std::string ten = "A\r\n0123456789\r\n";
  EXPECT_EQ(parse(kChunked + ten + ten + "0\r\n\r\n", kTightLimits).requests.size(), 1u);
  expect_fault(kChunked + ten + ten + "1\r\n", Fault::body_too_big);
  expect_fault(kChunked + ten + "b\r\n", Fault::body_too_big);
  expect_fault(kChunked + "FFFFFFFFFFFFFFFF\r\n", Fault::body_too_big);
  EXPECT_TRUE(parse(kChunked + "15\r\n", kTightLimits).head.has_value());
}

TEST(RequestFault, RefusesBadChunks) {
  using std::string_literals::operator""s;
  const std::string cases[] = {
      "\r\n"s,
      "x\r\n"s,
      "-1\r\n"s,
      "0x1\r\n\r\n"s,
      "1 1\r\n"s,
      "1 \r\n"s,
      "1\na\r\n"s,
      ";a=b\r\n"s,
      "1;\r\n"s,
      "1;a=\"b\r\n\r\n"s,
      "0;a=\"b\r\n\r\n"s,
      "1;a=\"b\r\n\"\r\n\r\n"s,
      "1;a=\0\r\n"s,
      "10000000000000000\r\n"s,
      "1\r\nab"s,
      "1\r\na\n"s,
      "1\r\na\r1"s,
      "1\r\na\r\n\r\n"s,
      "1\r\na\r\n 0\r\n\r\n"s,
      "0\r\nno colon\r\n\r\n"s,
      "0\r\nA: b\r\n c\r\n\r\n"s,
      "0\r\nContent-Length: 1\r\n\r\n"s,
      "0\r\nTransfer-Encoding: chunked\r\n\r\n"s,
      "0\r\n\n"s,
  };
  for (const std::string& framed : cases) expect_fault(kChunked + framed, Fault::bad_request);
}

TEST(RequestFault, BoundsTheFramingOfChunks) {
  expect_fault(kChunked + "1;a=" + std::string(kTightLimits.header_bytes, 'b'), Fault::header_too_big);
  expect_fault(kChunked + "0\r\nA: " + std::string(kTightLimits.header_bytes, 'b'), Fault::header_too_big);
}

TEST(RequestFault, TellsItsFaultAgain) {
  RequestParser parser(kTightLimits);
  ASSERT_FALSE(parser.feed("\n").ok());
  EXPECT_EQ(parser.feed("GET / HTTP/1.0\r\n\r\n").error(), Fault::bad_request);
  EXPECT_EQ(parser.feed("").error(), Fault::bad_request);
  EXPECT_FALSE(parser.complete());
}

TEST(RequestFault, StopsOnlyTheRequestItIsIn) {
  const Outcome outcome = parse("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.1\r\n\r\n", kTightLimits);
  EXPECT_EQ(outcome.requests.size(), 1u);
  EXPECT_EQ(outcome.fault, Fault::bad_request);
}

TEST(RequestFault, HasAStatusAndAMessage) {
  const struct {
    Fault fault;
    unsigned status;
  } cases[] = {{Fault::bad_request, 400},
               {Fault::header_too_big, 431},
               {Fault::body_too_big, 413},
               {Fault::unsupported_transfer, 501},
               {Fault::version_not_supported, 505}};
  for (const auto& [fault, status] : cases) {
    EXPECT_EQ(status_of(fault), status);
    EXPECT_STRNE(message_of(fault), "");
  }
}

}  // namespace
}  // namespace rollcall::http
