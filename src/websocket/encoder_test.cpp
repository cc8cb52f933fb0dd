#include "websocket/encoder.hpp"

#include <gtest/gtest.h>

#include "base/utf8.hpp"

namespace rollcall::websocket {
namespace {

using namespace std::string_literals;

std::string header_of(Opcode opcode, std::uint64_t payload_size) {
  std::array<char, 10> out;
  return {out.data(), encode_header(out, opcode, payload_size)};
}

TEST(Encoder, WritesTheExamplesOfTheRfc) {
  EXPECT_EQ(encode(Opcode::text, "Hello"), "\x81\x05Hello");
  EXPECT_EQ(encode(Opcode::ping, "Hello"), "\x89\x05Hello");
  EXPECT_EQ(header_of(Opcode::binary, 256), "\x82\x7E\x01\x00"s);
  EXPECT_EQ(header_of(Opcode::binary, 65536), "\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(Encoder, WritesEveryLengthInTheShortestForm) {
  EXPECT_EQ(header_of(Opcode::text, 0), "\x81\x00"s);
  EXPECT_EQ(header_of(Opcode::text, 125), "\x81\x7D");
  EXPECT_EQ(header_of(Opcode::text, 126), "\x81\x7E\x00\x7E"s);
  EXPECT_EQ(header_of(Opcode::text, 65535), "\x81\x7E\xFF\xFF");
  EXPECT_EQ(header_of(Opcode::text, 0x7FFFFFFFFFFFFFFF), "\x81\x7F\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
}

TEST(Encoder, KnowsEveryOpcode) {
  EXPECT_EQ(encode(Opcode::binary, "\x00\xFF"s), "\x82\x02\x00\xFF"s);
  EXPECT_EQ(encode(Opcode::close, ""), "\x88\x00"s);
  EXPECT_EQ(encode(Opcode::pong, "a"),
            "\x8A\x01"
            "a");
  EXPECT_EQ(encode(Opcode::pong, std::string(125, 'a')), "\x8A\x7D" + std::string(125, 'a'));
}

TEST(Encoder, WritesACloseWithItsCodeAndReason) {
  EXPECT_EQ(encode_close(1000, ""), "\x88\x02\x03\xE8");
  EXPECT_EQ(encode_close(4999, "so long"), "\x88\x09\x13\x87so long");
}

TEST(Encoder, WritesNoCodeForTheCodeThatMeansNone) {
  EXPECT_EQ(encode_close(kNoCloseCode, "unsaid"), "\x88\x00"s);
}

TEST(Encoder, CutsACloseReasonBetweenCharacters) {
  const auto reason_in = [](const std::string& frame) { return frame.substr(4); };
  const std::string full(123, 'a');
  EXPECT_EQ(reason_in(encode_close(1000, full)), full);
  EXPECT_EQ(reason_in(encode_close(1000, full + "a")), full);
  for (const std::string character : {"\u00E9", "\u20AC", "\U0001F600"}) {
    for (std::size_t room = 0; room <= character.size(); ++room) {
      const std::string start(123 - room, 'a');
      const std::string frame = encode_close(1000, start + character + "tail");
      EXPECT_EQ(reason_in(frame).substr(0, 123 - room), start);
      EXPECT_EQ(reason_in(frame).substr(123 - room), room == character.size() ? character : "");
      EXPECT_EQ(static_cast<std::size_t>(frame[1]), frame.size() - 2);
    }
  }
}

TEST(Encoder, LeavesOutAReasonThatIsNotUtf8) {
  EXPECT_EQ(encode_close(1000, "caf\xE9"), "\x88\x02\x03\xE8");
  EXPECT_EQ(encode_close(1000, std::string(200, '\x80')), "\x88\x02\x03\xE8");
}

TEST(Encoder, MakesASharedFrameOfTwoParts) {
  const base::FrameRef text = make_frame(Opcode::text, {"4", "2[\"hi\"]"});
  EXPECT_EQ(text->wire(),
            "\x81\x08"
            "42[\"hi\"]");
  EXPECT_EQ(text->packet(), "42[\"hi\"]");
  EXPECT_FALSE(text->binary());

  const std::string bytes(70'000, '\xFE');
  const base::FrameRef binary = make_frame(Opcode::binary, {bytes});
  EXPECT_EQ(binary->wire(), encode(Opcode::binary, bytes));
  EXPECT_EQ(binary->packet(), bytes);
  EXPECT_TRUE(binary->binary());
}

TEST(EncoderDeathTest, EndsTheProcessOnFramesThatMayNotExist) {
  EXPECT_DEATH((void)encode(Opcode::ping, std::string(126, 'a')), "assertion failed");
  EXPECT_DEATH((void)header_of(Opcode::text, 0x8000000000000000), "assertion failed");
  for (const std::uint16_t code : {0, 999, 1004, 1006, 1015, 2999, 5000}) {
    EXPECT_DEATH((void)encode_close(code, ""), "assertion failed") << code;
  }
}

}  // namespace
}  // namespace rollcall::websocket
