// Turns what a WebSocket client sends into messages (RFC 6455, sections 5 to 8).
//
// Fed by a connection's pipe from the loop's shared read buffer. An idle decoder owns no heap memory, and may
// serve another connection. A message that is complete in the input is returned in place; one that is split
// across reads or fragmented is collected in a buffer, which the call after the one that returned it
// releases (so call until nullopt).
//
// Bounds: a data message has at most `max_message_bytes`, judged from the frame headers before its
// bytes are kept; the buffer grows with the bytes received (doubling at most), never with the length
// announced, and holds at most one message and one control frame. Time is linear in the input.
// Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "rollcall/result.hpp"
#include "websocket/protocol.hpp"

namespace rollcall::websocket {

// Why to fail the connection; the value is the close code to send.
enum class Fault : std::uint16_t { protocol = 1002, bad_utf8 = 1007, too_big = 1009 };

enum class Kind : std::uint8_t { text, binary, ping, pong, close };

struct Message {
  Kind kind;
  std::string_view data;  // of a close: the reason. Valid until the next call or until the input changes
  std::uint16_t close_code = 0;  // of a close; kNoCloseCode (1005) if it had none
};

class Decoder {
 public:
  explicit Decoder(std::size_t max_message_bytes) : max_message_bytes_(max_message_bytes) {}

  // The next message. Takes bytes from the front of `input`, unmasking them in place, and moves
  // `input` past them; nullopt: all input is used and more is needed.
  // A control frame (ping, pong, close) may come between the fragments of a message.
  // After a close was returned, all further input is ignored. A fault consumes all input, and
  // every later call returns it again.
  Result<std::optional<Message>, Fault> next(std::span<char>& input);

  // No frame or message is in progress: equivalent to a new decoder.
  bool idle() const {
    return phase_ == Phase::header && header_size_ == 0 && message_ == Opcode::continuation &&
           buffer_.empty();
  }
  // The memory of the current message.
  std::size_t buffered_bytes() const { return buffer_.capacity(); }

 private:
  using Next = Result<std::optional<Message>, Fault>;
  enum class Phase : std::uint8_t { header, payload, closed, failed };

  Next advance(std::span<char>& input);
  void release_delivered();
  bool read_header(std::span<char>& input, std::size_t size);
  bool start_is_valid() const;
  std::optional<Fault> begin_frame();
  std::span<char> take_payload(std::span<char>& input);
  Next data(std::span<char> piece);
  Next control(std::span<char> piece);
  Next close(std::string_view payload);
  Next failed(Fault fault);
  void collect(std::span<char> piece) { buffer_.insert(buffer_.end(), piece.begin(), piece.end()); }

  // Of the current frame.
  Opcode opcode() const;
  bool final() const;
  std::uint8_t length_code() const;
  std::size_t extended_size() const;

  std::vector<char> buffer_;  // the data message so far, then the control frame so far
  std::size_t max_message_bytes_;
  std::uint64_t remaining_bytes_ = 0;      // of the current frame's payload
  std::array<std::uint8_t, 14> header_{};  // of the current frame; ends in the mask, turned as it is used
  Fault fault_ = Fault::protocol;          // in Phase::failed
  std::uint8_t header_size_ = 0;           // bytes of header_ in hand
  std::uint8_t control_size_ = 0;          // bytes at the end of buffer_ that are a control frame's
  base::Utf8Validator utf8_;               // of the data message
  Phase phase_ = Phase::header;
  Opcode message_ = Opcode::continuation;  // text or binary while a data message is unfinished
};

// There is one for every connection that is in the middle of a message.
static_assert(sizeof(Decoder) <= 64);

}  // namespace rollcall::websocket
