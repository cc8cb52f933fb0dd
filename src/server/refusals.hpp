// What an application says of the messages it refuses, so that a client whose messages are all refused is
// read more slowly (Pipe::count_refusal). To be used in the handler of the message, on its worker's thread.
#pragma once

#include "server/socket.hpp"
#include "server/socket_server.hpp"

namespace rollcall::server {

inline void count_refusal(Socket& socket) {
  if (Peer* peer = static_cast<SocketImpl&>(socket).peer()) peer->count_refusal();
}
inline void count_service(Socket& socket) {
  if (Peer* peer = static_cast<SocketImpl&>(socket).peer()) peer->count_service();
}

}  // namespace rollcall::server
