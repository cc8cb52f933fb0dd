// What Server::of(name) returns: the namespace of the whole server, which belongs to no worker. Applications
// set it up through this; its emits go to the sockets of all workers.
//
// Rooms belong to workers, so queries go to the part of the calling thread's worker, or before the workers
// run, of the first one. To name a part explicitly: `socket.nsp()`, Server::of(name, worker).
#pragma once

#include <string_view>
#include <vector>

#include "server/sockets/namespace.hpp"

namespace rollcall::server {

class ServerNamespace final : public NamespaceSetup {
 public:
  explicit ServerNamespace(NamespaceSpec& spec) : NamespaceSetup(spec) {}

  // Call before the server runs: the parts of all workers, in order.
  void add(NamespaceImpl& part) { parts_.push_back(&part); }
  NamespaceImpl& part(WorkerIndex worker) const { return *parts_[worker]; }
  NamespaceImpl& here() const;

  using NamespaceSetup::size;
  std::size_t size(Room room) const override { return here().size(room); }

 protected:
  std::vector<SocketRef> members(const std::vector<RoomKey>& rooms) const override {
    return here().members(rooms);
  }
  void publish(Emitter to, std::string_view event, const Payload& payload) override {
    here().publish(std::move(to), event, payload);
  }
  // Sockets belong to the parts.
  Socket* find(std::uint32_t, std::uint32_t) override { return nullptr; }
  void acknowledge(Socket& socket, std::uint64_t id, const Payload& payload) override {
    here().acknowledge(socket, id, payload);
  }

 private:
  std::vector<NamespaceImpl*> parts_;
};

}  // namespace rollcall::server
