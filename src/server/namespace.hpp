// A namespace on one loop: its sockets, rooms, middleware, handlers, and recovery.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/frame.hpp"
#include "net/loop.hpp"
#include "rollcall/server.hpp"
#include "server/socket.hpp"
#include "socketio/client.hpp"
#include "socketio/recovery.hpp"
#include "socketio/rooms.hpp"

namespace rollcall::server {

struct Peer;

class NamespaceImpl final : public Namespace {
 public:
  NamespaceImpl(std::string name, net::Loop& loop, milliseconds recovery);
  ~NamespaceImpl() override;

  const std::string& name() const override { return name_; }
  Namespace& use(Middleware middleware) override;
  Namespace& on_connection(ConnectionHandler handler) override;
  Namespace& on(std::string event, EventHandler handler) override;
  Namespace& on_any(AnyEventHandler handler) override;
  Namespace& on_disconnect(DisconnectHandler handler) override;
  void emit(std::string_view event, const Payload& payload) override;
  Emitter to(std::string room) override;
  Emitter except(std::string room) override;
  std::size_t size() const override { return connected_.size(); }
  std::size_t size(std::string_view room) const override { return rooms_.size(room); }
  std::vector<SocketRef> sockets(std::string_view room) const override;

  // A CONNECT packet: runs the middleware, then accepts or refuses.
  void connect(Peer& peer, std::string auth_json);
  void receive(SocketImpl& socket, socketio::EventReceived& event);
  // The socket is out: remembers it if it may be recovered, tells the application, forgets it. Its peer
  // must not list it any more.
  void remove(SocketImpl& socket, std::string_view reason, bool recoverable);

  void emit_to(SocketImpl& socket, std::string_view event, const Payload& payload);
  void send(SocketImpl& socket, const std::vector<base::FrameRef>& frames);
  std::vector<base::FrameRef> encode_event(std::string_view event, const Payload& payload,
                                           std::string_view offset,
                                           std::optional<std::uint64_t> ack_id) const;
  socketio::Rooms& rooms() { return rooms_; }
  net::Loop& loop() { return loop_; }
  void acknowledge(Socket& socket, std::uint64_t id, const Payload& payload) override;

 protected:
  void deliver(const Emitter& to, std::string_view event, const Payload& payload) override;
  Socket* find(std::uint32_t slot, std::uint32_t generation) override;

 private:
  struct Slot {
    std::unique_ptr<SocketImpl> socket;
    std::uint32_t generation = 0;
  };

  SocketImpl& make_socket(Peer& peer, std::string auth_json);
  void free_slot(std::uint32_t slot);
  void run_middleware(SocketRef ref, std::size_t index);
  void accept(SocketImpl& socket);
  void refuse(SocketImpl& socket, const ConnectError& error);
  std::optional<socketio::Recovery::Recovered> try_recover(SocketImpl& socket);
  void enter(SocketImpl& socket);

  std::string name_;
  net::Loop& loop_;
  std::vector<Middleware> middleware_;
  std::vector<ConnectionHandler> on_connection_;
  std::map<std::string, EventHandler, std::less<>> handlers_;
  std::vector<AnyEventHandler> on_any_;
  std::vector<DisconnectHandler> on_disconnect_;

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<SocketImpl*> connected_;
  socketio::Rooms rooms_;
  std::unique_ptr<socketio::Recovery> recovery_;
};

}  // namespace rollcall::server
