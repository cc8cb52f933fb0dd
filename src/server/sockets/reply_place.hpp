// The place of a reply among everything its socket receives, for applications that guard state with their own
// lock and broadcast its changes (as gateway::PresenceGateway does).
//
// Take it while reading the state under that lock, under which changes are broadcast too: then changes that
// the reply reflects reach the socket before it, and all others after it, on whichever workers they happen.
// Replies are transient: a client that lost one asks again. Lives on the socket's worker, no longer than its
// handler.
#pragma once

#include <string_view>

#include "rollcall/server.hpp"
#include "server/sockets/bus_port.hpp"

namespace rollcall::server {

class SocketImpl;

class ReplyPlace {
 public:
  // `marked`: `mark` will be called.
  ReplyPlace(Socket& socket, bool marked);

  // Delivers earlier messages to the worker's sockets. Call it without the lock, and before anything is sent
  // to the socket or changes its rooms.
  void catch_up();
  // Sends the reply, if it is an event and not an acknowledgement.
  void emit(std::string_view event, const Payload& payload);
  // Call after the reply: the client then has everything up to its place. For replies with a state whose
  // changes are sent from then on: on recovery, changes that the reply reflects are not sent again.
  void mark();
  // Sends a reply ahead of earlier messages.
  void emit_greeting(std::string_view event, const Payload& payload);

 private:
  SocketImpl& socket_;
  Place place_;
};

}  // namespace rollcall::server
