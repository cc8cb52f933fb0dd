#include "websocket/decoder.hpp"

#include <gtest/gtest.h>

#include "websocket/test_client.hpp"

namespace rollcall::websocket {
namespace {

using namespace test;

struct Stream {
  const char* name;
  std::string bytes;
  std::vector<Received> messages;
};

void PrintTo(const Stream& stream, std::ostream* out) {
  *out << stream.name;
}

class GoodStreams : public testing::TestWithParam<Stream> {};

std::vector<Stream> good_streams() {
  const std::string euro = "\u20AC", face = "\U0001F600";
  return {
      {"nothing", "", {}},
      {"the RFC's masked text", "\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58", {{Kind::text, "Hello"}}},
      {"the RFC's masked pong", "\x8A\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58", {{Kind::pong, "Hello"}}},
      {"the RFC's fragmented text",
       client_frame(0x01, "Hel") + client_frame(0x80, "lo"),
       {{Kind::text, "Hello"}}},
      {"a mask of zeros", client_frame(0x81, "Hello", {0, 0, 0, 0}), {{Kind::text, "Hello"}}},
      {"empty messages",
       client_frame(0x81, "") + client_frame(0x82, "") + client_frame(0x89, "") + client_frame(0x8A, ""),
       {{Kind::text, ""}, {Kind::binary, ""}, {Kind::ping, ""}, {Kind::pong, ""}}},
      {"bytes that are not UTF-8 in a binary message, a ping and a pong",
       client_frame(0x82, "\xFF\x00\x80"s) + client_frame(0x89, "\xFF\x00"s) + client_frame(0x8A, "\xC0"),
       {{Kind::binary, "\xFF\x00\x80"s}, {Kind::ping, "\xFF\x00"s}, {Kind::pong, "\xC0"}}},
      {"control frames of 125 bytes",
       client_frame(0x89, std::string(125, 'p')) + client_close(1000, std::string(123, 'r')),
       {{Kind::ping, std::string(125, 'p')}, {Kind::close, std::string(123, 'r'), 1000}}},
      {"126 bytes", client_frame(0x82, std::string(126, 'a')), {{Kind::binary, std::string(126, 'a')}}},
      {"empty fragments",
       client_frame(0x01, "") + client_frame(0x00, "") + client_frame(0x00, "a") + client_frame(0x00, "") +
           client_frame(0x80, ""),
       {{Kind::text, "a"}}},
      {"only empty fragments", client_frame(0x02, "") + client_frame(0x80, ""), {{Kind::binary, ""}}},
      {"only the last fragment full",
       client_frame(0x02, "") + client_frame(0x80, "ab"),
       {{Kind::binary, "ab"}}},
      {"control frames between fragments",
       client_frame(0x89, "0") + client_frame(0x01, "Hel") + client_frame(0x89, "1") +
           client_frame(0x8A, "") + client_frame(0x00, "l") + client_frame(0x89, "23") +
           client_frame(0x80, "o") + client_frame(0x82, "x"),
       {{Kind::ping, "0"},
        {Kind::ping, "1"},
        {Kind::pong, ""},
        {Kind::ping, "23"},
        {Kind::text, "Hello"},
        {Kind::binary, "x"}}},
      {"characters cut by fragments with a ping between",
       client_frame(0x01, euro.substr(0, 1)) + client_frame(0x00, euro.substr(1) + face.substr(0, 3)) +
           client_frame(0x89, "\x9F") + client_frame(0x80, face.substr(3)),
       {{Kind::ping, "\x9F"}, {Kind::text, euro + face}}},
      {"a close without a code", client_frame(0x88, ""), {{Kind::close, "", 1005}}},
      {"a close with a code", client_close(1001), {{Kind::close, "", 1001}}},
      {"a close with a reason", client_close(4000, "gone " + euro), {{Kind::close, "gone " + euro, 4000}}},
      {"a close in the middle of a message",
       client_frame(0x01, "never") + client_close(1000, "ended"),
       {{Kind::close, "ended", 1000}}},
      {"anything at all after a close",
       client_close(1000) + client_frame(0x81, "late") + client_close(1001) + "\xFF\xFF garbage",
       {{Kind::close, "", 1000}}},
      {"an unfinished frame",
       client_frame(0x81, "one") + client_frame(0x81, "two").substr(0, 8),
       {{Kind::text, "one"}}},
  };
}

INSTANTIATE_TEST_SUITE_P(Decoder, GoodStreams, testing::ValuesIn(good_streams()));

TEST_P(GoodStreams, GiveTheirMessagesInOneRead) {
  EXPECT_EQ(decode(GetParam().bytes), (Outcome{GetParam().messages, std::nullopt}));
}

TEST_P(GoodStreams, GiveTheSameMessagesCutAtEveryPosition) {
  const std::string& bytes = GetParam().bytes;
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    ASSERT_EQ(decode_in_pieces(bytes, {at, bytes.size()}), (Outcome{GetParam().messages, std::nullopt}))
        << at;
  }
}

TEST_P(GoodStreams, GiveTheSameMessagesCutAtEveryTwoPositions) {
  const std::string& bytes = GetParam().bytes;
  for (std::size_t first = 1; first < bytes.size(); ++first) {
    for (std::size_t second = 1; first + second < bytes.size(); ++second) {
      ASSERT_EQ(decode_in_pieces(bytes, {first, second, bytes.size()}),
                (Outcome{GetParam().messages, std::nullopt}))
          << first << ' ' << second;
    }
  }
}

TEST_P(GoodStreams, GiveTheSameMessagesInPiecesOfAnySize) {
  for (std::size_t size = 1; size < 16; ++size) {
    ASSERT_EQ(decode_in_pieces(GetParam().bytes, {size}), (Outcome{GetParam().messages, std::nullopt}))
        << size;
  }
}

TEST(Decoder, TakesEveryFormOfLength) {
  for (const std::size_t size : {0, 1, 125, 126, 127, 128, 255, 256, 65535, 65536, 70'000}) {
    const std::string payload(size, '\x5A');
    const Outcome expected{{{Kind::binary, payload}}, std::nullopt};
    EXPECT_EQ(decode(client_frame(0x82, payload)), expected) << size;
    EXPECT_EQ(decode_in_pieces(client_frame(0x82, payload), {1, 4096, 3}), expected) << size;
  }
}

TEST(Decoder, TakesEveryCloseCodeThatMayTravel) {
  for (int code = 0; code <= 0xFFFF; ++code) {
    const bool may_travel =
        (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    const auto close_code = static_cast<std::uint16_t>(code);
    const Outcome expected =
        may_travel ? Outcome{{{Kind::close, "", close_code}}, std::nullopt} : Outcome{{}, Fault::protocol};
    ASSERT_EQ(decode(client_close(close_code)), expected) << code;
  }
}

TEST(Decoder, ReturnsAWholeMessageWhereItLies) {
  std::string bytes = client_frame(0x81, "first") + client_frame(0x89, "ping") + client_frame(0x82, "second");
  std::span<char> input(bytes);
  Decoder decoder(kMaxMessageBytes);
  for (const std::size_t at : {6U, 17U, 27U}) {
    const auto result = decoder.next(input);
    ASSERT_TRUE(result.ok() && result->has_value());
    EXPECT_EQ((*result)->data.data(), bytes.data() + at);
    EXPECT_EQ(input.data(), (*result)->data.data() + (*result)->data.size());
  }
  EXPECT_TRUE(input.empty());
}

TEST(Decoder, ReturnsAMessageWhereItLiesEvenIfItsHeaderWasCutOff) {
  std::string bytes = client_frame(0x81, "text");
  std::span<char> start = std::span(bytes).first(3), rest = std::span(bytes).subspan(3);
  Decoder decoder(kMaxMessageBytes);
  ASSERT_FALSE(decoder.next(start).value().has_value());
  EXPECT_TRUE(start.empty());
  EXPECT_EQ(decoder.next(rest).value()->data.data(), bytes.data() + 6);
}

TEST(Decoder, UsesUpItsInputOnceClosed) {
  std::string bytes = client_close(1000) + client_frame(0x81, "late");
  std::span<char> input(bytes);
  Decoder decoder(kMaxMessageBytes);
  EXPECT_EQ(decoder.next(input).value()->kind, Kind::close);
  EXPECT_FALSE(decoder.next(input).value().has_value());
  EXPECT_TRUE(input.empty());
  input = std::span(bytes);
  EXPECT_FALSE(decoder.next(input).value().has_value());
  EXPECT_TRUE(input.empty());
}

}  // namespace
}  // namespace rollcall::websocket
