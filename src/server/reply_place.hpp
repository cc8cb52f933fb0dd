// The place of a reply among everything its socket gets, for applications that keep state beside the
// broadcasts and guard it with a lock of their own (gateway::PresenceGateway does).
//
// Taken while the state is read under that lock, under which changes are broadcast, too: then changes that
// the reply knows of reach the socket before it, and all others after it, on however many workers they
// happen. Lives on the socket's worker, and no longer than the handler that takes it.
#pragma once

#include <string_view>

#include "rollcall/server.hpp"
#include "server/bus_port.hpp"

namespace rollcall::server {

class SocketImpl;

class ReplyPlace {
 public:
  // `for_event`: the reply will be an event, which may be recovered; if not, an acknowledgement.
  ReplyPlace(Socket& socket, bool for_event);

  // Delivers what comes before it to the worker's sockets. To be called without the lock, and before
  // anything is sent to the socket or changes its rooms.
  void catch_up();
  // The reply. The place is used up.
  void emit(std::string_view event, const Payload& payload);
  // The same, but not kept for recovery: for what a client must have got to be able to recover at all. It is
  // the first event of a socket that was not recovered, and `catch_up` is not needed.
  void emit_greeting(std::string_view event, const Payload& payload);

 private:
  SocketImpl& socket_;
  Place place_;
};

}  // namespace rollcall::server
