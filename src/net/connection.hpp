// One accepted TCP connection, with TLS or without.
//
// Output is queued by reference and leaves once a turn, many frames in one system call. There is no
// read buffer: the loop's is used. Bounds: what is queued behind the message being written may not
// exceed `backlog_limit`. If it does, and the kernel takes no more, the rest is dropped and the connection
// closed at the end of the turn (CloseCause::overflow).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/frame.hpp"
#include "net/loop.hpp"

namespace rollcall::net {

class TlsStream;

enum class CloseCause { peer, error, overflow, local };

struct ConnectionHandler {
  // May be changed in place; valid during the call.
  virtual void on_bytes(std::span<char> bytes) = 0;
  // The peer will send no more. `on_closed` does not follow by itself.
  virtual void on_end() = 0;
  // The last call.
  virtual void on_closed(CloseCause cause) = 0;

 protected:
  ~ConnectionHandler() = default;
};

class Connection final : public EventSource {
 public:
  Connection(Loop& loop, int descriptor, std::size_t backlog_limit, std::string address,
             std::unique_ptr<TlsStream> tls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void set_handler(ConnectionHandler* handler) { handler_ = handler; }
  void send(base::FrameRef frame);
  void send(std::string bytes);
  std::size_t backlog() const;
  // The backlog has passed its limit: the end is near, and what is sent from now on goes nowhere.
  bool overflowing() const { return overflowing_; }
  // Sends what is queued, says that no more will come, and waits a moment for the peer to close, so
  // that it reads the last bytes before any reset.
  void close_after_flush();
  void abort() { close(CloseCause::local); }

  Loop& loop() { return loop_; }
  const std::string& peer_address() const { return address_; }
  bool secure() const { return tls_ != nullptr; }

  void flush();  // the loop's

 private:
  using Piece = std::variant<base::FrameRef, std::string>;
  enum class State : unsigned char { open, flushing, lingering, closed };
  class Linger;

  static std::string_view bytes_of(const Piece& piece);
  void on_events(std::uint32_t events) override;
  void read_some(bool hung_up);
  void take_bytes(std::span<char> bytes);
  void take_end();
  void mark_dirty();
  bool write_some();
  void queue(Piece piece, std::size_t size);
  void consume(std::size_t written);
  void watch_output(bool wanted);
  void begin_linger();
  void close(CloseCause cause);

  Loop& loop_;
  ConnectionHandler* handler_ = nullptr;
  std::vector<Piece> queue_;
  std::size_t first_ = 0;   // queue_[first_] is being written
  std::size_t offset_ = 0;  // of it, this much has been
  std::size_t queued_bytes_ = 0;
  std::size_t backlog_limit_;
  std::string address_;
  std::unique_ptr<TlsStream> tls_;
  std::unique_ptr<Linger> linger_;
  int descriptor_;
  State state_ = State::open;
  bool dirty_ = false;
  bool overflowing_ = false;
  bool watching_output_ = false;
  bool ended_ = false;
};

}  // namespace rollcall::net
