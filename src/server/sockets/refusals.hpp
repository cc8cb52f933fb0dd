// What an application says of the messages it refuses, so that a client whose messages are all refused is
// read more slowly (Pipe::count_refusal). To be used in the handler of the message, on its worker's thread.
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

// The same for all of the client's address, as far as addresses are told apart. Parses text: not for hot
// paths.
inline std::uint64_t address_key(const Socket& socket) {
  return net::PeerAddress::parse(socket.handshake().address()).value_or(net::PeerAddress()).key();
}
// Closes the connection because of what others at its address do.
inline void refuse_address(Socket& socket) {
  static_cast<SocketImpl&>(socket).home().port().counters().add(Count::refused_by_address);
  socket.close_transport();
}

}  // namespace rollcall::server
