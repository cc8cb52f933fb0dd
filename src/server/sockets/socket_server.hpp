// Socket.IO on top of the Engine.IO sessions of one worker: passes each session's packets to their
// namespaces. The machine is socketio::Client; this is the shell that drives it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/small_list.hpp"
#include "server/engine/engine.hpp"
#include "server/sockets/namespace.hpp"
#include "socketio/client.hpp"

namespace rollcall::server {

// A session with its Socket.IO state.
struct Peer final : EngineSession {
  Peer(Engine& engine, std::string_view sid, engineio::Transport transport, Handshake handshake,
       Instant opened)
      : EngineSession(engine, sid, transport, std::move(handshake), opened) {
    set_known(false);
  }
  socketio::Client client;
  base::SmallList<SocketImpl*> sockets;  // one per namespace; few, so linear search

  SocketImpl* find(const Namespace& nsp) const;
  void forget(SocketImpl* socket);
  // Counts a CONNECT: false if it is one too many.
  bool may_connect(Instant now);
  // A CONNECT was refused and answered. Repeated refusals close the session.
  void connect_refused();
  // It has joined a namespace, and is no longer a stranger.
  void joined();
};

class SocketServer final : public EngineApp {
 public:
  SocketServer(BusPort& port, const ServerOptions& options);

  // This worker's part of a namespace. Call before it runs, in the same order on all workers.
  NamespaceImpl& add(NamespaceSpec& spec);

  std::unique_ptr<EngineSession> make_session(Engine& engine, std::string_view sid,
                                              engineio::Transport transport, Handshake handshake,
                                              Instant opened) override;
  void on_message(EngineSession& session, std::string_view data, bool binary) override;
  void on_close(EngineSession& session, engineio::CloseReason reason) override;

 private:
  void take(Peer& peer, const socketio::ConnectRequested& request);
  void take(Peer& peer, socketio::EventReceived& event);
  void take(Peer& peer, socketio::AckReceived& ack);
  void take(Peer& peer, const socketio::DisconnectReceived& leave);
  SocketImpl* socket_of(Peer& peer, std::string_view nsp);

  BusPort& port_;
  const ServerOptions& options_;
  std::map<std::string, std::unique_ptr<NamespaceImpl>, std::less<>> namespaces_;
};

}  // namespace rollcall::server
