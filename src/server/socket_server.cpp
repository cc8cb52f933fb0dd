#include "server/socket_server.hpp"

#include <algorithm>

#include "socketio/encode.hpp"

namespace rollcall::server {
namespace {
constexpr std::string_view kInvalidNamespace = R"({"message":"Invalid namespace"})";
}

SocketImpl* Peer::find(const Namespace& nsp) const {
  for (SocketImpl* socket : sockets) {
    if (&socket->nsp() == &nsp) return socket;
  }
  return nullptr;
}

void Peer::forget(SocketImpl* socket) {
  SocketImpl** const found = std::find(sockets.begin(), sockets.end(), socket);
  if (found == sockets.end()) return;
  *found = sockets.back();
  sockets.pop_back();
}

void SocketServer::add(NamespaceSpec& spec) {
  namespaces_.emplace(spec.name, std::make_unique<NamespaceImpl>(spec, port_));
}

std::unique_ptr<EngineSession> SocketServer::make_session(Engine& engine, std::string_view sid,
                                                          engineio::Transport transport,
                                                          Handshake handshake) {
  return std::make_unique<Peer>(engine, sid, transport, std::move(handshake));
}

void SocketServer::on_open(EngineSession& session) {
  auto& peer = static_cast<Peer&>(session);
  peer.connect_deadline = std::make_unique<Deadline>([this, &peer](Instant) {
    port_.counters().add(Count::connect_timeouts);
    peer.close(engineio::CloseReason::forced_close);
  });
  port_.loop().timers().arm(*peer.connect_deadline, port_.loop().now() + options_.connect_timeout);
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
  peer.connect_deadline.reset();
  const bool recoverable = reason != engineio::CloseReason::parse_error;
  while (!peer.sockets.empty()) {
    SocketImpl* socket = peer.sockets.back();
    peer.sockets.pop_back();
    if (socket->connected()) port_.counters().add_kind(Count::left, reason);
    socket->home().remove(*socket, engineio::name_of(reason), recoverable);
  }
}

SocketImpl* SocketServer::socket_of(Peer& peer, std::string_view nsp) {
  const auto found = namespaces_.find(nsp);
  return found == namespaces_.end() ? nullptr : peer.find(*found->second);
}

void SocketServer::take(Peer& peer, const socketio::ConnectRequested& request) {
  const auto found = namespaces_.find(request.nsp);
  if (found == namespaces_.end()) {
    peer.client.refuse(request.nsp);
    peer.count_refusal();
    port_.counters().add(Count::messages_sent);
    peer.send_text(socketio::encode_connect_error(request.nsp, kInvalidNamespace));
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
    peer.forget(socket);
    if (socket->connected()) port_.counters().add_kind(Count::left, Leave::by_client);
    socket->home().remove(*socket, kClientLeft, false);
  }
}

}  // namespace rollcall::server
