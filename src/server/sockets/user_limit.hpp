// How many sockets a user may have, where an application limits that. At the limit a socket joins only if it
// takes a connected one of the same user over (recovery), which ends by that: its client is back before the
// loss of its connection was noticed.
#pragma once

#include <functional>

#include "rollcall/server.hpp"

namespace rollcall::server {

struct UserLimit {
  // Asked once the middleware has let the socket in, on its worker's thread.
  std::function<bool(const Socket&)> reached;
  std::function<ConnectError(const Socket&)> refusal;
};

// Before the server runs.
void limit_users(Namespace& nsp, UserLimit limit);

}  // namespace rollcall::server
