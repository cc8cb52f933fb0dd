// An application's limit of sockets per user. At the limit, a socket may join only by taking over a connected
// one of the same user (recovery), which ends: its client is back before the loss of its connection was
// noticed.
#pragma once

#include <functional>

#include "rollcall/server.hpp"

namespace rollcall::server {

struct UserLimit {
  // Asked once the middleware has admitted the socket, on its worker's thread.
  std::function<bool(const Socket&)> reached;
  std::function<ConnectError(const Socket&)> refusal;
};

// Call before the server runs.
void limit_users(Namespace& nsp, UserLimit limit);

}  // namespace rollcall::server
