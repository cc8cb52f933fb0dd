// TLS (1.2 and up) by OpenSSL over memory: bytes in, bytes out. No socket is touched here.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "rollcall/result.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace rollcall::net {

class TlsStream;

// Certificate and key. Shared by connections, which keep theirs when a new one is loaded.
class TlsContext : public std::enable_shared_from_this<TlsContext> {
 public:
  // PEM files; the certificate file may hold the chain. The error names the file and the reason.
  static Result<std::shared_ptr<TlsContext>, std::string> load(const std::string& certificate_file,
                                                               const std::string& key_file);
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  std::unique_ptr<TlsStream> accept();

 private:
  ssl_ctx_st* context_;
};

class TlsStream {
 public:
  TlsStream(std::shared_ptr<TlsContext> context, ssl_st* ssl);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // Bytes from the network. False if the peer broke the protocol: send the output, then close.
  bool feed(std::span<const char> bytes);
  std::string take_input() { return std::exchange(input_, {}); }  // decrypted
  void write(std::string_view plain);                             // kept until the handshake is over
  std::string take_output();                                      // for the network
  void shutdown();
  bool ended() const { return ended_; }  // the peer said close_notify

 private:
  bool pump();

  std::shared_ptr<TlsContext> context_;
  ssl_st* ssl_;
  std::string input_;
  std::string unsent_;  // written before the handshake was over
  bool ended_ = false;
  bool failed_ = false;
};

}  // namespace rollcall::net
