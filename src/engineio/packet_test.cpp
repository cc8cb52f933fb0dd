#include "engineio/packet.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace rollcall::engineio {
namespace {

std::string read_all(std::string_view body) {
  std::string log;
  PayloadReader reader(body);
  while (!reader.at_end()) {
    const auto packet = reader.next();
    if (!packet) return log + "fault";
    log += static_cast<char>(packet->type);
    log += packet->binary ? "(" : "[";
    log += packet->data;
    log += packet->binary ? ")" : "]";
  }
  return log;
}

base::FrameRef text(std::string_view packet) {
  return base::Frame::make("WS", {packet}, false);
}
base::FrameRef binary(std::string_view bytes) {
  return base::Frame::make("WS", {bytes}, true);
}

TEST(Packet, HasATypeDigitAndData) {
  const auto packet = parse_packet("4hello");
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->type, PacketType::message);
  EXPECT_EQ(packet->data, "hello");
}

TEST(Packet, IsAFaultIfEmptyOrOfAnUnknownType) {
  for (const char* bad : {"", "7", "a", "abc", "-1", " 4", "b"}) EXPECT_FALSE(parse_packet(bad)) << bad;
}

TEST(Payload, IsReadPacketByPacket) {
  EXPECT_EQ(read_all("4hello"), "4[hello]");
  EXPECT_EQ(read_all("4hello\x1e"
                     "2\x1e"
                     "4world"),
            "4[hello]2[]4[world]");
}

TEST(Payload, BinaryIsBase64AndAlwaysAMessage) {
  EXPECT_EQ(read_all("4hello\x1e"
                     "bAQIDBA=="),
            "4[hello]4(\x01\x02\x03\x04)");
  EXPECT_EQ(read_all("b"), "4()");
}

TEST(Payload, WithAnEmptyPacketIsAFault) {
  EXPECT_EQ(read_all(""), "fault");
  EXPECT_EQ(read_all("4a\x1e"), "4[a]fault");
  EXPECT_EQ(read_all("\x1e"
                     "4a"),
            "fault");
  EXPECT_EQ(read_all("4a\x1e\x1e"
                     "4b"),
            "4[a]fault");
}

TEST(Payload, WithBrokenBase64IsAFault) {
  for (const char* bad : {"bA", "b====", "bAQ=I", "bAQIDBA", "bAR=="})
    EXPECT_EQ(read_all(bad), "fault") << bad;
}

TEST(Payload, IsEncodedWithSeparatorsBetweenAndNoneAtTheEnd) {
  const std::array frames{text("4hello"), text("2"), binary("\x01\x02\x03\x04")};
  EXPECT_EQ(encode_payload(frames),
            "4hello\x1e"
            "2\x1e"
            "bAQIDBA==");
  EXPECT_EQ(encode_payload({}), "");
}

}  // namespace
}  // namespace rollcall::engineio
