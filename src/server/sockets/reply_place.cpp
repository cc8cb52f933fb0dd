#include "server/sockets/reply_place.hpp"

#include "server/sockets/namespace.hpp"

namespace rollcall::server {

ReplyPlace::ReplyPlace(Socket& socket, bool marked) : socket_(static_cast<SocketImpl&>(socket)) {
  BusPort& port = socket_.home().port();
  if (marked) {
    place_ = port.place(socket_.home().index());
  } else {
    place_.before = port.take();
  }
}

void ReplyPlace::catch_up() {
  socket_.home().port().deliver(std::exchange(place_.before, {}));
}

void ReplyPlace::emit(std::string_view event, const Payload& payload) {
  catch_up();
  if (socket_.connected()) socket_.home().emit_transient(socket_, event, payload);
}

void ReplyPlace::mark() {
  if (socket_.connected()) socket_.home().send_mark(socket_, place_.number);
}

void ReplyPlace::emit_greeting(std::string_view event, const Payload& payload) {
  const Inbox before = std::exchange(place_.before, {});
  if (socket_.connected()) socket_.home().emit_transient(socket_, event, payload);
  socket_.home().port().deliver(before);
}

}  // namespace rollcall::server
