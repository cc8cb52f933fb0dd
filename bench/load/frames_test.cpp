#include "load/frames.hpp"

#include <gtest/gtest.h>

namespace rollcall::load {
namespace {

using std::string_literals::operator""s;

std::string server_frame(std::string_view header, std::string_view payload) {
  return std::string(header).append(payload);
}

TEST(Frames, AFrameIsTakenOnlyWhenItsEndHasCome) {
  for (const std::size_t size : {0, 1, 125, 126, 65535, 65536}) {
    const std::string payload(size, 'x');
    std::string header = "\x81";
    if (size < 126) {
      header += static_cast<char>(size);
    } else if (size < 65536) {
      header += '\x7E';
      header += static_cast<char>(size >> 8);
      header += static_cast<char>(size & 0xFF);
    } else {
      header += "\x7F\0\0\0\0\0\x01\0\0"s;
    }
    const std::string whole = server_frame(header, payload);
    for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, header.size() - 1, whole.size() - 1}) {
      std::string_view bytes = std::string_view(whole).substr(0, cut);
      ServerFrame frame{};
      EXPECT_EQ(take_frame(bytes, frame), Taken::more) << size << " cut at " << cut;
      EXPECT_EQ(bytes.size(), cut);
    }
    std::string_view bytes = whole;
    ServerFrame frame{};
    ASSERT_EQ(take_frame(bytes, frame), Taken::frame);
    EXPECT_EQ(frame.opcode, Opcode::text);
    EXPECT_EQ(frame.payload, payload);
    EXPECT_TRUE(bytes.empty());
  }
}

TEST(Frames, SeveralInOneReadAreTakenInOrder) {
  const std::string read =
      "\x81\x01"
      "2"
      "\x82\x02"
      "ab"
      "\x8A";
  std::string_view bytes = read;
  ServerFrame frame{};
  ASSERT_EQ(take_frame(bytes, frame), Taken::frame);
  EXPECT_EQ(frame.payload, "2");
  ASSERT_EQ(take_frame(bytes, frame), Taken::frame);
  EXPECT_EQ(frame.opcode, Opcode::binary);
  EXPECT_EQ(frame.payload, "ab");
  EXPECT_EQ(take_frame(bytes, frame), Taken::more);
  EXPECT_EQ(bytes, "\x8A");
}

TEST(Frames, MaskedFragmentedOrReservedIsBroken) {
  for (const std::string& bad : {"\x81\x81"
                                 "keyx"s,
                                 "\x01\x01x"s, "\xC1\x01x"s}) {
    std::string_view bytes = bad;
    ServerFrame frame{};
    EXPECT_EQ(take_frame(bytes, frame), Taken::broken);
  }
}

TEST(Frames, AClientsFrameIsMaskedAndFinal) {
  for (const std::size_t size : {3, 126, 65536}) {
    const std::string payload(size, 'p');
    const std::string frame = client_frame(Opcode::text, payload);
    const std::size_t header = size < 126 ? 2 : size < 65536 ? 4 : 10;
    ASSERT_EQ(frame.size(), header + 4 + size);
    EXPECT_EQ(frame[0], '\x81');
    EXPECT_NE(frame[1] & 0x80, 0);
    std::string unmasked;
    for (std::size_t i = 0; i < size; ++i) {
      unmasked += static_cast<char>(frame[header + 4 + i] ^ frame[header + i % 4]);
    }
    EXPECT_EQ(unmasked, payload);
  }
}

}  // namespace
}  // namespace rollcall::load
