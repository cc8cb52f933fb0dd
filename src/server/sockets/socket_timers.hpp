// The timing wheel of a socket's worker, for applications whose timers are part of what they keep with each
// socket. To be used on its thread.
#pragma once

#include "base/timing_wheel.hpp"
#include "server/sockets/server_namespace.hpp"

namespace rollcall::server {

inline base::TimingWheel& timers_of(Socket& socket) {
  return static_cast<SocketImpl&>(socket).home().loop().timers();
}

// Every connected socket of the server's namespace that is the calling thread's worker's. `use` must not end
// any.
template <class Use>
void each_socket_here(const Namespace& nsp, Use&& use) {
  static_cast<const ServerNamespace&>(nsp).here().each_connected(use);
}

}  // namespace rollcall::server
