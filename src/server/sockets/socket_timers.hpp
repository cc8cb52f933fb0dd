// The timing wheel of a socket's worker, for applications with timers in their per-socket state. Use it on
// the worker's thread.
#pragma once

#include "base/timing_wheel.hpp"
#include "server/sockets/server_namespace.hpp"

namespace rollcall::server {

inline base::TimingWheel& timers_of(Socket& socket) {
  return static_cast<SocketImpl&>(socket).home().loop().timers();
}

// Calls `use` for every connected socket of the namespace on the calling thread's worker. `use` must not end
// any.
template <class Use>
void each_socket_here(const Namespace& nsp, Use&& use) {
  static_cast<const ServerNamespace&>(nsp).here().each_connected(use);
}

}  // namespace rollcall::server
