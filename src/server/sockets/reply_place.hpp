// The place of a reply among everything its socket gets, for applications that keep state beside the
// broadcasts and guard it with a lock of their own (gateway::PresenceGateway does).
//
// Taken while the state is read under that lock, under which changes are broadcast, too: then changes that
// the reply knows of reach the socket before it, and all others after it, on however many workers they
// happen. Replies are transient: a client that has lost one asks again. Lives on the socket's worker, and no
// longer than the handler that takes it.
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

  // Delivers what comes before it to the worker's sockets. To be called without the lock, and before
  // anything is sent to the socket or changes its rooms.
  void catch_up();
  // The reply, if it is an event and not an acknowledgement.
  void emit(std::string_view event, const Payload& payload);
  // After the reply: the client has everything up to its place. For replies that tell a state of which
  // changes are told from then on: a change that the reply knows of is no news on recovery.
  void mark();
  // A reply that goes before what came before it.
  void emit_greeting(std::string_view event, const Payload& payload);

 private:
  SocketImpl& socket_;
  Place place_;
};

}  // namespace rollcall::server
