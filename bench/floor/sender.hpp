// The four ways of sending that are compared.
//
//   send         one system call a frame, at once
//   merged       the frames of a turn are copied together and leave in one call a connection
//   ring         as `send`, but all the sends of a turn go to the kernel in one io_uring call
//   ring-merged  both
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "floor/connection.hpp"

namespace rollcall::floor {

class Sender {
 public:
  // Called when a connection has bytes that its socket did not take: to be told of when it is writable.
  using Late = std::function<void(Connection&)>;

  explicit Sender(Late late) : late_(std::move(late)) {}
  virtual ~Sender() = default;

  // `bytes` must stay as they are until `flush`, if `lasting`; else they are copied where that is needed.
  virtual void queue(Connection& connection, std::string_view bytes, bool lasting) = 0;
  virtual void flush() {}                             // at the end of the turn
  virtual void forget(Connection& /*connection*/) {}  // it is about to be closed
  void retry(Connection& connection);                 // it is writable

 protected:
  // True: the connection has late bytes, and these were put behind them.
  static bool defer(Connection& connection, std::string_view bytes);
  void sent(Connection& connection, std::string_view bytes, long result);
  void send_now(Connection& connection, std::string_view bytes);

 private:
  Late late_;
};

// Nothing if this kernel, or this build, has no io_uring to offer.
std::unique_ptr<Sender> make_sender(const std::string& name, Sender::Late late);

std::unique_ptr<Sender> make_ring_sender(bool merged, Sender::Late late);

}  // namespace rollcall::floor
