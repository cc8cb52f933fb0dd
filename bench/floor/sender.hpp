// The four ways of sending that are compared.
//
//   send         one system call per frame, at once
//   merged       the frames of a turn are copied together and leave in one call per connection
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
  // Called when a socket did not accept all bytes: wait until it is writable.
  using Late = std::function<void(Connection&)>;

  explicit Sender(Late late) : late_(std::move(late)) {}
  virtual ~Sender() = default;

  // If `lasting`, `bytes` must stay unchanged until `flush`; otherwise they are copied where necessary.
  virtual void queue(Connection& connection, std::string_view bytes, bool lasting) = 0;
  virtual void flush() {}                             // at the end of the turn
  virtual void forget(Connection& /*connection*/) {}  // it is about to be closed
  void retry(Connection& connection);                 // it is writable

 protected:
  // True: the connection has late bytes, and these were appended to them.
  static bool defer(Connection& connection, std::string_view bytes);
  void sent(Connection& connection, std::string_view bytes, long result);
  void send_now(Connection& connection, std::string_view bytes);

 private:
  Late late_;
};

// Null if this kernel or this build has no io_uring.
std::unique_ptr<Sender> make_sender(const std::string& name, Sender::Late late);

std::unique_ptr<Sender> make_ring_sender(bool merged, Sender::Late late);

}  // namespace rollcall::floor
