// What Server::of(name) returns: the namespace of the whole server, which belongs to no worker. Applications
// set it up through this; what it emits goes to the sockets of all workers.
//
// Rooms belong to workers, so queries go to the part of the worker that runs on the calling thread, or of the
// first one before they run. Explicit: `socket.nsp()` and Server::of(name, worker) are the parts.
#pragma once

#include <string_view>
#include <vector>

#include "server/sockets/namespace.hpp"

namespace rollcall::server {

class ServerNamespace final : public NamespaceSetup {
 public:
  explicit ServerNamespace(NamespaceSpec& spec) : NamespaceSetup(spec) {}

  // Before the server runs: one of each worker, in their order.
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
  // Sockets are the parts'.
  Socket* find(std::uint32_t, std::uint32_t) override { return nullptr; }
  void acknowledge(Socket& socket, std::uint64_t id, const Payload& payload) override {
    here().acknowledge(socket, id, payload);
  }

 private:
  std::vector<NamespaceImpl*> parts_;
};

}  // namespace rollcall::server
