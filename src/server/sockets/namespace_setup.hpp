// What an application sets up for a namespace, the same for the server's namespace and all workers' parts.
#pragma once

#include <string>
#include <utility>

#include "rollcall/server.hpp"
#include "server/sockets/namespace_spec.hpp"

namespace rollcall::server {

class NamespaceSetup : public Namespace {
 public:
  const std::string& name() const override { return spec_.name; }
  Namespace& use(Middleware middleware) override;
  Namespace& on_connection(ConnectionHandler handler) override;
  Namespace& on(std::string event, EventHandler handler) override;
  Namespace& on_any(AnyEventHandler handler) override;
  Namespace& on_end(EndHandler handler) override;
  void emit(std::string_view event, const Payload& payload) override;
  using Namespace::size;
  std::size_t size() const override { return spec_.connected.load(std::memory_order_relaxed); }

  // Before the server runs.
  void limit_users(UserLimit limit) { spec_.user_limit = std::move(limit); }

 protected:
  explicit NamespaceSetup(NamespaceSpec& spec) : spec_(spec) {}

  NamespaceSpec& spec_;
};

}  // namespace rollcall::server
