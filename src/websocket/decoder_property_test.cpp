#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "websocket/decoder.hpp"
#include "websocket/encoder.hpp"
#include "websocket/test_client.hpp"

namespace rollcall::websocket {
namespace {

using namespace test;

struct Conversation {
  std::string bytes;
  std::vector<Received> messages;
};

std::size_t any_size() {
  return *rc::gen::weightedOneOf<std::size_t>({{8, rc::gen::inRange<std::size_t>(0, 40)},
                                               {4, rc::gen::inRange<std::size_t>(120, 132)},
                                               {1, rc::gen::inRange<std::size_t>(65'530, 65'545)}});
}

std::string any_bytes(std::size_t size) {
  std::minstd_rand random(*rc::gen::arbitrary<std::uint32_t>());
  std::string out(size, '\0');
  for (char& byte : out) byte = static_cast<char>(random() >> 8);
  return out;
}

std::string utf8_of(std::uint32_t point) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](int shift) { return byte(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6), tail(0)};
  if (point < 0x10000) return {byte(0xE0 | point >> 12), tail(6), tail(0)};
  return {byte(0xF0 | point >> 18), tail(12), tail(6), tail(0)};
}

// About `size` bytes, of characters of every width.
std::string any_text(std::size_t size) {
  constexpr std::array<std::uint32_t, 4> kLimits = {0x80, 0x800, 0xD800, 0x110000};
  std::minstd_rand random(*rc::gen::arbitrary<std::uint32_t>());
  std::string out;
  while (out.size() < size) {
    const std::uint32_t limit = kLimits[(random() >> 8) % kLimits.size()];
    const auto point = static_cast<std::uint32_t>(random()) % limit;
    out += utf8_of(point >= 0xD800 && point <= 0xDFFF ? 0x20AC : point);
  }
  return out;
}

Mask any_mask() {
  return *rc::gen::arbitrary<Mask>();
}

void add_control(Conversation& talk) {
  const bool ping = *rc::gen::arbitrary<bool>();
  const std::string payload = any_bytes(*rc::gen::inRange<std::size_t>(0, 126));
  talk.bytes += client_frame(ping ? 0x89 : 0x8A, payload, any_mask());
  talk.messages.push_back({ping ? Kind::ping : Kind::pong, payload});
}

void add_message(Conversation& talk) {
  const bool text = *rc::gen::arbitrary<bool>();
  const std::size_t size = any_size();
  const std::string payload = text ? any_text(size) : any_bytes(size);
  const auto fragments = *rc::gen::inRange<std::size_t>(1, 6);
  std::size_t sent = 0;
  for (std::size_t i = 0; i < fragments; ++i) {
    const bool last = i + 1 == fragments;
    const std::size_t left = payload.size() - sent;
    const std::size_t part = last ? left : *rc::gen::inRange<std::size_t>(0, left + 1);
    const int opcode = i > 0 ? 0 : text ? 1 : 2;
    talk.bytes += client_frame(static_cast<std::uint8_t>((last ? 0x80 : 0) | opcode),
                               payload.substr(sent, part), any_mask());
    sent += part;
    if (!last && *rc::gen::inRange(0, 3) == 0) add_control(talk);
  }
  talk.messages.push_back({text ? Kind::text : Kind::binary, payload});
}

Conversation any_conversation() {
  Conversation talk;
  const int count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i) {
    if (*rc::gen::inRange(0, 4) == 0) {
      add_control(talk);
    } else {
      add_message(talk);
    }
  }
  if (*rc::gen::arbitrary<bool>()) {
    const std::string reason = any_text(*rc::gen::inRange<std::size_t>(0, 120));
    talk.bytes += client_close(1001, reason);
    talk.messages.push_back({Kind::close, reason, 1001});
  }
  return talk;
}

std::vector<std::size_t> any_pieces() {
  return *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(rc::gen::weightedOneOf<std::size_t>(
      {{3, rc::gen::inRange<std::size_t>(1, 8)}, {2, rc::gen::inRange<std::size_t>(8, 5000)}})));
}

RC_GTEST_PROP(DecoderProperty, GivesBackEveryConversationHoweverFragmentedAndCut, ()) {
  const Conversation talk = any_conversation();
  const Outcome expected{talk.messages, std::nullopt};
  RC_ASSERT(decode(talk.bytes) == expected);
  RC_ASSERT(decode_in_pieces(talk.bytes, any_pieces()) == expected);
}

RC_GTEST_PROP(DecoderProperty, GivesADamagedConversationTheSameEndHoweverCut, ()) {
  Conversation talk = any_conversation();
  RC_PRE(!talk.bytes.empty());
  const int damages = *rc::gen::inRange(1, 4);
  for (int i = 0; i < damages; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(talk.bytes.size(), 300));
    talk.bytes[at] = *rc::gen::arbitrary<char>();
  }
  const auto limit = *rc::gen::element<std::size_t>(0, 100, 70'000);
  RC_ASSERT(decode_in_pieces(talk.bytes, any_pieces(), limit) == decode(talk.bytes, limit));
}

// A server's frame is a client's without the mask: with a mask of zeros put in, the decoder reads it.
RC_GTEST_PROP(DecoderProperty, ReadsWhatTheEncoderWrites, ()) {
  const std::string payload = any_bytes(any_size());
  std::array<char, 10> header;
  const std::size_t header_size = encode_header(header, Opcode::binary, payload.size());
  std::string bytes = encode(Opcode::binary, payload);
  bytes[1] = static_cast<char>(bytes[1] | 0x80);
  bytes.insert(header_size, 4, '\0');
  RC_ASSERT(bytes == client_frame(0x82, payload, {0, 0, 0, 0}));
  RC_ASSERT(decode(bytes) == (Outcome{{{Kind::binary, payload}}, std::nullopt}));
}

}  // namespace
}  // namespace rollcall::websocket
