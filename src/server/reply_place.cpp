#include "server/reply_place.hpp"

#include "server/namespace.hpp"

namespace rollcall::server {

ReplyPlace::ReplyPlace(Socket& socket, bool for_event) : socket_(static_cast<SocketImpl&>(socket)) {
  BusPort& port = socket_.home().port();
  if (for_event) {
    place_ = port.take_place(socket_.home().index());
  } else {
    place_.before = port.take();
  }
}

void ReplyPlace::catch_up() {
  socket_.home().port().deliver(std::exchange(place_.before, {}));
}

void ReplyPlace::emit(std::string_view event, const Payload& payload) {
  if (socket_.connected()) socket_.home().emit_at(std::move(place_), socket_, event, payload, true);
}

void ReplyPlace::emit_greeting(std::string_view event, const Payload& payload) {
  // What a new socket finds in the inbox is older than itself: its own greeting goes first. One that is
  // recovered must have had it, for with the greeting's offset it would not get it any more.
  if (socket_.recovered()) catch_up();
  const Inbox older = std::exchange(place_.before, {});
  if (socket_.connected()) socket_.home().emit_at(std::move(place_), socket_, event, payload, false);
  socket_.home().port().deliver(older);
}

}  // namespace rollcall::server
