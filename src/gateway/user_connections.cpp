// Lists and ends a user's connections on one worker.
#include <algorithm>
#include <set>

#include "gateway/coarse_address.hpp"
#include "gateway/member.hpp"
#include "gateway/presence_gateway.hpp"

namespace rollcall::gateway {

// An embedder's handlers may put any socket into the room, so check the owner.
std::vector<SocketRef> PresenceGateway::sockets_here(const std::string& user_id) {
  std::vector<SocketRef> found;
  for (const Namespace* nsp : namespaces_) {
    for (const SocketRef& ref : nsp->sockets(Room::user(user_id))) {
      const Socket* socket = ref.get();
      if (socket && socket->connected() && socket->owner() == user_id) found.push_back(ref);
    }
  }
  return found;
}

std::vector<calls::ConnectionFacts> PresenceGateway::connections_here(const std::string& user_id) {
  const Instant now = server_.now();
  const WallTime wall = server_.wall_now();
  const auto wall_of = [&](Instant then) {
    return wall - std::chrono::duration_cast<milliseconds>(std::max(now - then, Instant::duration::zero()));
  };
  std::vector<calls::ConnectionFacts> facts;
  for (const SocketRef& ref : sockets_here(user_id)) {
    Socket& socket = *ref.get();
    const Member& member = member_of(socket);
    calls::ConnectionFacts& one = facts.emplace_back();
    one.number = member.connection;
    one.socket_id = socket.id();
    one.nsp = socket.nsp().name();
    one.transport = socket.transport();
    one.network = coarse_address(socket.handshake().address());
    one.since = wall_of(started_ + member.connected_at());
    one.last_pong = wall_of(socket.last_heard());
    one.last_active = std::max(one.since, wall_of(member.rate.last(now)));  // connecting counts as activity
  }
  return facts;
}

std::size_t PresenceGateway::disconnect_here(const std::string& user_id) {
  const std::vector<SocketRef> sockets = sockets_here(user_id);
  // One transport may carry sockets of several namespaces. Tell each before closing the transport, or its
  // client would reconnect.
  std::set<const Handshake*> closed;
  std::vector<bool> last(sockets.size());
  for (std::size_t i = sockets.size(); i-- > 0;)
    last[i] = closed.insert(&sockets[i].get()->handshake()).second;
  std::size_t count = 0;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    Socket* socket = sockets[i].get();
    if (!socket) continue;  // ended as a consequence of another one's end
    socket->disconnect(last[i]);
    ++count;
  }
  return count;
}

}  // namespace rollcall::gateway
