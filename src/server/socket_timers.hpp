// The timing wheel of a socket's worker, for applications whose timers are part of what they keep with each
// socket. To be used on its thread.
#pragma once

#include "base/timing_wheel.hpp"
#include "server/namespace.hpp"

namespace rollcall::server {

inline base::TimingWheel& timers_of(Socket& socket) {
  return static_cast<SocketImpl&>(socket).home().loop().timers();
}

}  // namespace rollcall::server
