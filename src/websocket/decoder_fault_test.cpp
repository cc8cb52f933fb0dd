#include <gtest/gtest.h>

#include <algorithm>

#include "websocket/decoder.hpp"
#include "websocket/test_client.hpp"

namespace rollcall::websocket {
namespace {

using namespace test;

struct BadStream {
  const char* name;
  std::string bytes;
  Fault fault;
};

void PrintTo(const BadStream& stream, std::ostream* out) {
  *out << stream.name;
}

class BadStreams : public testing::TestWithParam<BadStream> {};

constexpr std::size_t kSmallLimit = 1000;

std::string header(std::initializer_list<int> bytes) {
  std::string out;
  for (const int byte : bytes) out += static_cast<char>(byte);
  return out;
}

std::vector<BadStream> bad_streams() {
  return {
      {"an unmasked frame", "\x81\x05Hello", Fault::protocol},
      {"an unmasked empty frame", "\x81\x00"s, Fault::protocol},
      {"an unmasked ping", "\x89\x00"s, Fault::protocol},
      {"the first reserved bit", client_frame(0xC1, "a"), Fault::protocol},
      {"the second reserved bit", client_frame(0xA1, "a"), Fault::protocol},
      {"the third reserved bit", client_frame(0x91, "a"), Fault::protocol},
      {"a reserved bit on a ping", client_frame(0xC9, "a"), Fault::protocol},
      {"a reserved bit on a continuation", client_frame(0x01, "a") + client_frame(0xC0, "b"),
       Fault::protocol},
      {"a ping of 126 bytes", client_frame(0x89, std::string(126, 'a')), Fault::protocol},
      {"a close of 126 bytes", client_close(1000, std::string(124, 'a')), Fault::protocol},
      {"a pong of 65536 bytes", client_frame(0x8A, std::string(65536, 'a')), Fault::protocol},
      {"a fragmented ping", client_frame(0x09, "a"), Fault::protocol},
      {"a fragmented pong", client_frame(0x0A, "a"), Fault::protocol},
      {"a fragmented close", client_frame(0x08, ""), Fault::protocol},
      {"a final continuation of nothing", client_frame(0x80, "a"), Fault::protocol},
      {"a continuation of nothing", client_frame(0x00, "a"), Fault::protocol},
      {"a text inside a fragmented text", client_frame(0x01, "a") + client_frame(0x81, "b"), Fault::protocol},
      {"a fragment of another message", client_frame(0x02, "") + client_frame(0x02, ""), Fault::protocol},
      {"a 16-bit length of 125", header({0x82, 0xFE, 0, 125, 0, 0, 0, 0}), Fault::protocol},
      {"a 16-bit length of 0", header({0x82, 0xFE, 0, 0, 0, 0, 0, 0}), Fault::protocol},
      {"a 64-bit length of 65535", header({0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0}),
       Fault::protocol},
      {"a 64-bit length of 1", header({0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}), Fault::protocol},
      {"a 64-bit length with its top bit set", header({0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}),
       Fault::protocol},
      {"the largest length", header({0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}),
       Fault::too_big},
      {"a length over the limit", client_frame(0x82, std::string(kSmallLimit + 1, 'a')).substr(0, 8),
       Fault::too_big},
      {"fragments over the limit together",
       client_frame(0x02, std::string(kSmallLimit, 'a')) + client_frame(0x80, "b"), Fault::too_big},
      {"fragments so large that their sum is small again",
       client_frame(0x02, "ab") +
           header({0x80, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}),
       Fault::too_big},
      {"a close of one byte", client_frame(0x88, "\x0C"), Fault::protocol},
      {"a reason that is not UTF-8", client_close(1000, "\xFF"), Fault::bad_utf8},
      {"a reason with an unfinished character", client_close(1000, "\xE2\x82"), Fault::bad_utf8},
      {"a bad code with a bad reason", client_close(1006, "\xFF"), Fault::protocol},
      {"a text that is not UTF-8", client_frame(0x81, "caf\xE9!"), Fault::bad_utf8},
      {"a text with a surrogate", client_frame(0x81, "\xED\xA0\x80"), Fault::bad_utf8},
      {"a text ending inside a character", client_frame(0x81, "\xE2\x82"), Fault::bad_utf8},
      {"fragments ending inside a character", client_frame(0x01, "\xE2") + client_frame(0x80, "\x82"),
       Fault::bad_utf8},
      {"a character ended by an empty fragment", client_frame(0x01, "\xE2\x82") + client_frame(0x80, ""),
       Fault::bad_utf8},
      {"a character cut by a fragment and gone wrong",
       client_frame(0x01, "\xE2\x82") + client_frame(0x80, "a"), Fault::bad_utf8},
  };
}

INSTANTIATE_TEST_SUITE_P(Decoder, BadStreams, testing::ValuesIn(bad_streams()));

TEST_P(BadStreams, AreFaultsAfterTheMessagesBeforeThem) {
  const std::string good = client_frame(0x81, "good") + client_frame(0x01, "go") + client_frame(0x80, "od");
  const Outcome expected{{{Kind::text, "good"}, {Kind::text, "good"}}, GetParam().fault};
  EXPECT_EQ(decode(good + GetParam().bytes + client_frame(0x81, "never seen"), kSmallLimit), expected);
}

TEST_P(BadStreams, AreTheSameFaultsCutAtEveryPosition) {
  const std::string& bytes = GetParam().bytes;
  for (std::size_t at = 1; at < std::min<std::size_t>(bytes.size(), 2000); ++at) {
    ASSERT_EQ(decode_in_pieces(bytes, {at, bytes.size()}, kSmallLimit), (Outcome{{}, GetParam().fault}))
        << at;
  }
  EXPECT_EQ(decode_in_pieces(bytes, {1}, kSmallLimit), (Outcome{{}, GetParam().fault}));
}

TEST(DecoderFaults, ReservedOpcodesAreFaults) {
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    const auto first = static_cast<std::uint8_t>(0x80 | opcode);
    EXPECT_EQ(decode(client_frame(first, "a")), (Outcome{{}, Fault::protocol})) << opcode;
    EXPECT_EQ(decode(client_frame(0x01, "a") + client_frame(first, "a")), (Outcome{{}, Fault::protocol}))
        << opcode;
  }
}

TEST(DecoderFaults, AFaultIsReturnedAgainAndUsesUpTheInput) {
  std::string bytes = client_frame(0x81, "\xFF") + client_frame(0x81, "late");
  Decoder decoder(kMaxMessageBytes);
  for (int call = 0; call < 3; ++call) {
    std::span<char> input(bytes);
    const auto result = decoder.next(input);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error(), Fault::bad_utf8);
    EXPECT_TRUE(input.empty());
  }
}

TEST(DecoderFaults, ABadHeaderIsAFaultBeforeItsPayloadArrives) {
  EXPECT_EQ(decode("\x81\x05"), (Outcome{{}, Fault::protocol}));
  EXPECT_EQ(decode("\x89\xFE"), (Outcome{{}, Fault::protocol}));
  EXPECT_EQ(decode(client_frame(0x82, std::string(1001, 'a')).substr(0, 8), 1000),
            (Outcome{{}, Fault::too_big}));
}

TEST(DecoderFaults, ABadTextIsAFaultAsSoonAsTheBadByteArrives) {
  const std::string whole = client_frame(0x81, "abc\xFFxyz");
  EXPECT_EQ(decode(whole.substr(0, 9)), (Outcome{{}, std::nullopt}));
  EXPECT_EQ(decode(whole.substr(0, 10)), (Outcome{{}, Fault::bad_utf8}));
  EXPECT_EQ(decode(client_frame(0x01, "\xFF")), (Outcome{{}, Fault::bad_utf8}));
}

TEST(DecoderFaults, AMessageOfExactlyTheLimitIsTaken) {
  const std::string payload(kSmallLimit, 'a');
  const Outcome expected{{{Kind::binary, payload}}, std::nullopt};
  EXPECT_EQ(decode(client_frame(0x82, payload), kSmallLimit), expected);
  EXPECT_EQ(
      decode(client_frame(0x02, payload) + client_frame(0x00, "") + client_frame(0x80, ""), kSmallLimit),
      expected);
  EXPECT_EQ(decode(client_frame(0x82, ""), 0), (Outcome{{{Kind::binary, ""}}, std::nullopt}));
  EXPECT_EQ(decode(client_frame(0x82, "a"), 0), (Outcome{{}, Fault::too_big}));
}

TEST(DecoderFaults, TheLimitIsNotForControlFrames) {
  const std::string ping(125, 'p');
  const std::string bytes = client_frame(0x02, "ab") + client_frame(0x89, ping) + client_frame(0x80, "cd");
  const Outcome expected{{{Kind::ping, ping}, {Kind::binary, "abcd"}}, std::nullopt};
  EXPECT_EQ(decode(bytes, 4), expected);
  EXPECT_EQ(decode_in_pieces(bytes, {1}, 4), expected);
  EXPECT_EQ(decode_in_pieces(bytes, {1}, 3), (Outcome{{{Kind::ping, ping}}, Fault::too_big}));
}

}  // namespace
}  // namespace rollcall::websocket
