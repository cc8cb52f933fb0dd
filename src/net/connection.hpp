// One accepted TCP connection, with TLS or without.
//
// Output is queued by reference and leaves once per turn, many frames in one system call (SendBatch). There
// is no read buffer: the loop's is used. A turn reads a small share of what the peer sends; a connection
// whose share costs too much time is `busy`, and the loop serves it after all others (Loop::serve_busy).
// Bounds: output queued behind the message being written may not exceed `backlog_limit`. If it does, and the
// kernel accepts no more, the rest is dropped and the connection closed at the end of the turn
// (CloseCause::overflow). With TLS the queue holds plain text, encrypted when it is sent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/frame.hpp"
#include "net/channel.hpp"
#include "net/loop.hpp"
#include "net/output_queue.hpp"

namespace rollcall::net {

class SendBatch;

enum class CloseCause { peer, error, overflow, local };

struct ConnectionHandler {
  // May be changed in place; valid during the call.
  virtual void on_bytes(std::span<char> bytes) = 0;
  // The peer will send no more. `on_closed` does not follow by itself.
  virtual void on_end() = 0;
  // The last call.
  virtual void on_closed(CloseCause cause) = 0;
  // Once for each `report_when_sent`.
  virtual void on_sent() {}
  // Once for each `resume`, in a later turn, before more is read.
  virtual void on_resume() {}

 protected:
  ~ConnectionHandler() = default;
};

class Connection final : public EventSource {
 public:
  // Made by Loop::adopt.
  Connection(Loop& loop, Channel channel, std::size_t backlog_limit);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void set_handler(ConnectionHandler* handler) { handler_ = handler; }
  void send(base::FrameRef frame);
  void send(std::string_view bytes) { send(base::Frame::make({}, {bytes}, false)); }
  std::size_t backlog() const { return queue_.bytes_behind_first(); }
  // All of it, the message being written included.
  std::size_t unsent() const { return queue_.bytes() + (tls_ ? tls_->output().size() : 0); }
  // Calls the handler's `on_sent`, while flushing, once the kernel has accepted all output.
  void report_when_sent() { reports_sent_ = true; }
  // The backlog has exceeded its limit: the connection will be closed, and further output is dropped.
  bool overflowing() const { return overflowing_; }
  // The kernel has not yet accepted all flushed output.
  bool congested() const { return watching_output_; }
  // Sends what is queued, says that no more will come, and waits a moment for the peer to close, so
  // that it reads the last bytes before any reset.
  void close_after_flush();
  void abort() { close(CloseCause::local); }
  // Backpressure: reads nothing until `resume`, so the peer's bytes wait in the kernel and then with the
  // peer. What was read in this turn has been given to the handler by then. A peer that goes is noticed all
  // the same.
  void pause() { paused_ = true; }
  bool paused() const { return paused_; }
  // Reads on, in a later turn and after the handler's `on_resume`.
  void resume();
  // Gives the open connection away, with its unsent output; its handler is not called again. Nothing if
  // it is closing, or has to be closed for its backlog.
  std::optional<Channel> release();

  Loop& loop() { return loop_; }
  const PeerAddress& peer() const { return peer_; }
  bool counted() const { return counted_; }  // Channel::counted
  // False: epoll could not watch one more descriptor. The loop closes it at the end of the turn.
  bool watched() const { return watched_; }
  std::string peer_address() const { return peer_.text(); }
  bool secure() const { return tls_ != nullptr; }
  bool shaking_hands() const { return tls_ && !tls_->ready(); }

  // For SendBatch, once per turn: what to send now, how much of it was sent, and what to do then.
  bool has_output() const;
  std::string_view next_output(SendBatch& batch);
  void consume(std::size_t bytes) { tls_ ? tls_->sent(bytes) : queue_.consume(bytes); }
  void sent(long result, std::size_t asked);
  int descriptor() const { return descriptor_; }

 private:
  friend class Loop;
  enum class State : unsigned char { open, flushing, lingering, closed };
  class Linger;

  void on_events(std::uint32_t events) override;
  void take_input(std::uint32_t events);
  void serve_turn();
  void read_some(bool hung_up);
  void queue_input();
  void rewatch();
  void listen_again();
  void take_bytes(std::span<char> bytes);
  void take_end();
  void queue(base::FrameRef frame);
  std::string_view next_tls_output(SendBatch& batch);
  void seal(std::string_view plain, std::span<char> room);
  template <typename Change>
  void recount(Change&& change);
  void relieve();
  void mark_dirty();
  void watch_output(bool wanted);
  void finish_flushing();
  void begin_linger();
  void leave_loop();
  void close(CloseCause cause);

  Loop& loop_;
  ConnectionHandler* handler_ = nullptr;
  OutputQueue queue_;
  std::unique_ptr<TlsStream> tls_;
  std::unique_ptr<Linger> linger_;
  int descriptor_;
  std::uint32_t backlog_limit_;
  std::uint32_t place_in_loop_ = 0;  // the loop's, in its list of connections
  PeerAddress peer_;
  State state_ : 2;
  bool dirty_ : 1;
  bool overflowing_ : 1;
  bool watching_output_ : 1;
  bool ended_ : 1;
  bool reports_sent_ : 1;
  bool busy_ : 1;     // its last share cost much time: it is served after the others
  bool queued_ : 1;   // in the loop's queue of busy connections
  bool paused_ : 1;   // reads nothing
  bool resumed_ : 1;  // owes the handler an `on_resume`
  bool deaf_ : 1;     // EPOLLIN is off
  bool counted_ : 1;
  bool watched_ : 1;
};

// There is one for every client.
static_assert(sizeof(Connection) <= 104);

}  // namespace rollcall::net
