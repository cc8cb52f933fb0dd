#include "websocket/decoder.hpp"

#include <algorithm>
#include <cstring>

#include "websocket/mask.hpp"

namespace rollcall::websocket {
namespace {

constexpr std::size_t kStartSize = 2;  // flags, opcode, and how the length is written
constexpr std::size_t kMaskSize = 4;
constexpr std::uint8_t kLengthIn16Bits = 126;
constexpr std::uint8_t kLengthIn64Bits = 127;
constexpr std::uint8_t kFinalBit = 0x80;
constexpr std::uint8_t kReservedBits = 0x70;
constexpr std::uint8_t kMaskedBit = 0x80;

constexpr std::optional<Message> kNothingYet;

std::string_view view(std::span<const char> bytes) {
  return {bytes.data(), bytes.size()};
}

bool is_known(Opcode opcode) {
  switch (opcode) {
    case Opcode::continuation:
    case Opcode::text:
    case Opcode::binary:
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      return true;
  }
  return false;
}

}  // namespace

Opcode Decoder::opcode() const {
  return static_cast<Opcode>(header_[0] & 0x0F);
}
bool Decoder::final() const {
  return (header_[0] & kFinalBit) != 0;
}

Decoder::Next Decoder::next(std::span<char>& input) {
  if (phase_ != Phase::payload) release_delivered();
  Next result = advance(input);
  if (phase_ == Phase::closed || phase_ == Phase::failed) input = input.last(0);
  return result;
}

Decoder::Next Decoder::advance(std::span<char>& input) {
  if (phase_ == Phase::failed) return fail(fault_);
  while (phase_ != Phase::closed) {
    if (phase_ == Phase::header) {
      // Checked before waiting for the rest of the header, whose length it determines.
      if (!read_header(input, kStartSize)) return kNothingYet;
      if (!start_is_valid()) return failed(Fault::protocol);
      if (!read_header(input, kStartSize + extended_size() + kMaskSize)) return kNothingYet;
      if (const std::optional<Fault> fault = begin_frame()) return failed(*fault);
    }
    const std::span<char> piece = take_payload(input);
    const Next result = is_control(opcode()) ? control(piece) : data(piece);
    if (!result.ok() || result->has_value() || phase_ == Phase::payload) return result;
  }
  return kNothingYet;
}

// The message returned by the last call is no longer in use.
void Decoder::release_delivered() {
  if (control_size_ > 0) {
    buffer_.resize(buffer_.size() - control_size_);
    control_size_ = 0;
  }
  if (message_ == Opcode::continuation && buffer_.capacity() > 0) buffer_ = std::vector<char>();
}

// True once `size` bytes of the header are in hand.
bool Decoder::read_header(std::span<char>& input, std::size_t size) {
  if (header_size_ >= size) return true;
  const std::size_t taken = std::min(size - header_size_, input.size());
  std::copy_n(input.begin(), taken, header_.begin() + header_size_);
  header_size_ = static_cast<std::uint8_t>(header_size_ + taken);
  input = input.subspan(taken);
  return header_size_ == size;
}

std::uint8_t Decoder::length_code() const {
  return header_[1] & ~kMaskedBit;
}

std::size_t Decoder::extended_size() const {
  return length_code() == kLengthIn64Bits ? 8 : length_code() == kLengthIn16Bits ? 2 : 0;
}

bool Decoder::start_is_valid() const {
  if ((header_[0] & kReservedBits) != 0 || (header_[1] & kMaskedBit) == 0 || !is_known(opcode()))
    return false;
  if (is_control(opcode())) return final() && length_code() <= kMaxControlBytes;
  const bool continues = opcode() == Opcode::continuation;
  const bool unfinished = message_ != Opcode::continuation;
  return continues == unfinished;
}

std::optional<Fault> Decoder::begin_frame() {
  std::uint64_t length = length_code();
  if (const std::size_t extended = extended_size(); extended > 0) {
    length = 0;
    for (std::size_t i = 0; i < extended; ++i) length = length << 8 | header_[kStartSize + i];
    const std::uint64_t shortest = extended == 2 ? kLengthIn16Bits : 0x10000;
    if (length < shortest || length >> 63 != 0) return Fault::protocol;
  }
  if (!is_control(opcode())) {
    if (length > max_message_bytes_ - buffer_.size()) return Fault::too_big;
    if (opcode() != Opcode::continuation) {
      message_ = opcode();
      utf8_ = {};
    }
  }
  remaining_bytes_ = length;
  phase_ = Phase::payload;
  return std::nullopt;
}

// The part of the current frame's payload that is there, unmasked.
std::span<char> Decoder::take_payload(std::span<char>& input) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_bytes_, input.size()));
  const std::span<char> piece = input.first(size);
  std::uint8_t* const kept_mask = header_.data() + header_size_ - kMaskSize;
  std::uint32_t mask;
  std::memcpy(&mask, kept_mask, kMaskSize);
  mask = unmask(piece, mask);
  std::memcpy(kept_mask, &mask, kMaskSize);
  input = input.subspan(size);
  remaining_bytes_ -= size;
  if (remaining_bytes_ == 0) {
    phase_ = Phase::header;
    header_size_ = 0;
  }
  return piece;
}

Decoder::Next Decoder::data(std::span<char> piece) {
  const bool is_text = message_ == Opcode::text;
  if (is_text && !utf8_.feed(view(piece))) return failed(Fault::bad_utf8);
  const bool complete = phase_ == Phase::header && final();
  if (!complete || !buffer_.empty()) collect(piece);
  if (!complete) return kNothingYet;
  if (is_text && !utf8_.complete()) return failed(Fault::bad_utf8);
  message_ = Opcode::continuation;
  const std::string_view whole = buffer_.empty() ? view(piece) : view(buffer_);
  return std::optional(Message{is_text ? Kind::text : Kind::binary, whole});
}

Decoder::Next Decoder::control(std::span<char> piece) {
  const bool complete = phase_ == Phase::header;
  if (!complete || control_size_ > 0) {
    collect(piece);
    control_size_ = static_cast<std::uint8_t>(control_size_ + piece.size());
  }
  if (!complete) return kNothingYet;
  const std::string_view payload =
      control_size_ == 0 ? view(piece) : view(buffer_).substr(buffer_.size() - control_size_);
  if (opcode() == Opcode::close) return close(payload);
  return std::optional(Message{opcode() == Opcode::ping ? Kind::ping : Kind::pong, payload});
}

Decoder::Next Decoder::close(std::string_view payload) {
  Message message{Kind::close, {}, kNoCloseCode};
  if (!payload.empty()) {
    if (payload.size() < 2) return failed(Fault::protocol);
    const auto high = static_cast<std::uint8_t>(payload[0]);
    const auto low = static_cast<std::uint8_t>(payload[1]);
    message.close_code = static_cast<std::uint16_t>(high << 8 | low);
    if (!is_close_code(message.close_code)) return failed(Fault::protocol);
    message.data = payload.substr(2);
    if (!base::is_utf8(message.data)) return failed(Fault::bad_utf8);
  }
  phase_ = Phase::closed;
  message_ = Opcode::continuation;
  return std::optional(message);
}

Decoder::Next Decoder::failed(Fault fault) {
  phase_ = Phase::failed;
  fault_ = fault;
  control_size_ = 0;
  message_ = Opcode::continuation;
  buffer_ = std::vector<char>();
  return fail(fault);
}

}  // namespace rollcall::websocket
