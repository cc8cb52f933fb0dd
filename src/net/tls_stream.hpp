// One connection's TLS (1.2 and up), by OpenSSL over memory: bytes in, bytes out. No socket is touched here.
//
// Output is encrypted only when it can be sent. Until then it waits as plain text, in frames shared by all
// their receivers; only encrypted bytes that the kernel did not accept are kept. OpenSSL reads and writes the
// caller's memory, so an idle stream holds no buffers. Not thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

struct ssl_st;
struct bio_st;

namespace rollcall::net {

class TlsStream {
 public:
  // Takes charge of `ssl`, which has its context and its role, and no BIO.
  explicit TlsStream(ssl_st* ssl);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // Room for the plain text of this many bytes: part of a record may wait inside for its end.
  static constexpr std::size_t plain_room(std::size_t bytes) { return bytes + 2 * kRecordBytes; }
  // Room for the records of this many bytes of plain text.
  static constexpr std::size_t sealed_room(std::size_t plain) {
    return plain + (plain / kRecordBytes + 1) * kRecordOverhead;
  }

  // Takes bytes from the network. Decrypts them to the front of `plain`, which has `plain_room`; replies of
  // the protocol itself (handshake, alerts) become output. On a fault the peer broke the protocol: send the
  // output, then close.
  struct Fed {
    std::size_t plain = 0;
    bool good = true;
  };
  Fed feed(std::span<const char> bytes, std::span<char> plain);

  // The handshake is over, and nothing has gone wrong since.
  bool ready() const { return shook_hands_ && !failed_; }
  bool failed() const { return failed_; }
  // The peer said close_notify.
  bool ended() const { return ended_; }

  // Makes records of `plain`, in `room` (of `sealed_room`, or empty: then they are kept inside), where they
  // must stay until `sent`. Only when `ready`, and while there is no output.
  void seal(std::string_view plain, std::span<char> room);
  // Says close_notify, once. False if there is nothing to send for it.
  bool say_goodbye();

  // For the network.
  std::string_view output() const { return output_; }
  bool has_output() const { return !output_.empty(); }
  // Drops the part of the output that was sent. The rest is kept inside.
  void sent(std::size_t bytes);

 private:
  friend struct MemoryBio;
  static constexpr std::size_t kRecordBytes = 16 * 1024;
  static constexpr std::size_t kRecordOverhead = 512;  // header, nonce, tag; a CBC suite's MAC and padding

  void write_out(std::string_view records);

  ssl_st* ssl_;
  std::string_view input_;   // during `feed`
  std::span<char> room_;     // during `seal`: what is left of it
  std::string_view output_;  // in `kept_`, or in the room of the last `seal`
  std::string kept_;
  bool shook_hands_ = false;  // asked of OpenSSL after each read, for it is slow to say
  bool ended_ = false;
  bool failed_ = false;
  bool said_goodbye_ = false;
};

}  // namespace rollcall::net
