#include "server/sockets/socket_server.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "socketio/encode.hpp"

namespace rollcall::server {
namespace {
namespace log = base::log;

constexpr std::uint8_t kMostRefusedConnects = 5;
constexpr std::string_view kInvalidNamespace = R"({"message":"Invalid namespace"})";
// CONNECTs in quick succession on one transport, and how soon each is forgotten.
constexpr std::uint8_t kMostConnects = 60;
constexpr seconds kForgetConnect{1};
constexpr const char* kClosed = "connection closed: too many CONNECTs";
constexpr std::string_view kTooManyConnects =
    R"({"message":"Too many CONNECTs on one connection: 60, and one more a second, are allowed. It is closed: open )"
    R"(a new one, and connect once for each namespace"})";
}  // namespace

SocketServer::SocketServer(BusPort& port, const ServerOptions& options) : port_(port), options_(options) {}

SocketImpl* Peer::find(const Namespace& nsp) const {
  for (SocketImpl* socket : sockets) {
    if (&socket->nsp() == &nsp) return socket;
  }
  return nullptr;
}

void Peer::forget(SocketImpl* socket) {
  if (!sockets.empty() && sockets.back() == socket) return sockets.pop_back();  // most have exactly one
  SocketImpl** const found = std::find(sockets.begin(), sockets.end(), socket);
  if (found == sockets.end()) return;
  *found = sockets.back();
  sockets.pop_back();
}

bool Peer::may_connect(Instant now) {
  return connects_.add(now, kForgetConnect) <= kMostConnects;
}

void Peer::connect_refused() {
  count_refusal();
  if (++refused_connects_ >= kMostRefusedConnects) close(engineio::CloseReason::forced_close);
}

void Peer::joined() {
  refused_connects_ = 0;
  set_known(true);
}

NamespaceImpl& SocketServer::add(NamespaceSpec& spec) {
  return *namespaces_.emplace(spec.name, std::make_unique<NamespaceImpl>(spec, port_)).first->second;
}

std::unique_ptr<EngineSession> SocketServer::make_session(Engine& engine, std::string_view sid,
                                                          engineio::Transport transport, Handshake handshake,
                                                          Instant opened) {
  return std::make_unique<Peer>(engine, sid, transport, std::move(handshake), opened);
}

void SocketServer::on_message(EngineSession& session, std::string_view data, bool binary) {
  auto& peer = static_cast<Peer&>(session);
  port_.counters().add(Count::messages_received);
  auto incoming =
      binary ? peer.client.on_binary(data, options_.max_payload_bytes) : peer.client.on_text(data);
  if (!incoming) {
    session.close(engineio::CloseReason::parse_error);
    return;
  }
  if (!*incoming) return;
  std::visit([&](auto& what) { take(peer, what); }, **incoming);
}

void SocketServer::on_close(EngineSession& session, engineio::CloseReason reason) {
  auto& peer = static_cast<Peer&>(session);
  while (!peer.sockets.empty()) {
    SocketImpl* socket = peer.sockets.back();
    socket->home().leave(*socket, engineio::end_reason_of(reason));
  }
}

SocketImpl* SocketServer::socket_of(Peer& peer, std::string_view nsp) {
  const auto found = namespaces_.find(nsp);
  return found == namespaces_.end() ? nullptr : peer.find(*found->second);
}

// Each CONNECT verifies a token and may cause broadcasts. A client needs one per namespace.
void SocketServer::take(Peer& peer, const socketio::ConnectRequested& request) {
  if (!peer.may_connect(port_.loop().now())) {
    if (log::sampled(log::Level::info, kClosed, "", port_.loop().now())) {
      log::info(kClosed, {{"address", peer.handshake().address()}});
    }
    peer.client.refuse(request.nsp);
    port_.counters().add(Count::messages_sent);
    peer.send_text(socketio::encode_connect_error(request.nsp, kTooManyConnects));
    peer.close(engineio::CloseReason::forced_close);
    return;
  }
  const auto found = namespaces_.find(request.nsp);
  if (found == namespaces_.end()) {
    peer.client.refuse(request.nsp);
    port_.counters().add(Count::messages_sent);
    peer.send_text(socketio::encode_connect_error(request.nsp, kInvalidNamespace));
    peer.connect_refused();
    return;
  }
  found->second->connect(peer, std::string(request.auth_json));
}

void SocketServer::take(Peer& peer, socketio::EventReceived& event) {
  if (SocketImpl* socket = socket_of(peer, event.nsp)) socket->home().receive(*socket, event);
}

void SocketServer::take(Peer& peer, socketio::AckReceived& ack) {
  if (SocketImpl* socket = socket_of(peer, ack.nsp)) socket->take_ack(ack);
}

void SocketServer::take(Peer& peer, const socketio::DisconnectReceived& leave) {
  if (SocketImpl* socket = socket_of(peer, leave.nsp)) {
    socket->home().leave(*socket, EndReason::client_left);
  }
}

}  // namespace rollcall::server
