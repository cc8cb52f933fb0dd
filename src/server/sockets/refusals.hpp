// Lets an application report refused messages, so that a client whose messages are all refused is read more
// slowly (Pipe::count_refusal). Use it in the handler of the message, on its worker's thread.
#pragma once

#include <cstdint>

#include "net/address.hpp"
#include "server/sockets/namespace.hpp"
#include "server/sockets/socket.hpp"
#include "server/sockets/socket_server.hpp"

namespace rollcall::server {

inline void count_refusal(Socket& socket) {
  if (Peer* peer = static_cast<SocketImpl&>(socket).peer()) peer->count_refusal();
}
inline void count_service(Socket& socket) {
  if (Peer* peer = static_cast<SocketImpl&>(socket).peer()) peer->count_service();
}

// A key that all clients of the same address share. Parses text: not for hot paths.
inline std::uint64_t address_key(const Socket& socket) {
  return net::PeerAddress::parse(socket.handshake().address()).value_or(net::PeerAddress()).key();
}
// Closes the connection because of its address's other connections.
inline void refuse_address(Socket& socket) {
  static_cast<SocketImpl&>(socket).home().port().counters().add(Count::refused_by_address);
  socket.close_transport();
}

}  // namespace rollcall::server
