// What the workers' parts of a namespace share: its name and the application's setup. Constant once the
// workers run.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rollcall/server.hpp"
#include "server/sockets/bus.hpp"
#include "server/sockets/user_limit.hpp"

namespace rollcall::server {

struct NamespaceSpec {
  NamespaceSpec(std::string its_name, NamespaceIndex its_index)
      : name(std::move(its_name)), index(its_index) {}

  const std::string name;
  const NamespaceIndex index;
  std::vector<Middleware> middleware;
  std::optional<UserLimit> user_limit;  // asked once the middleware has admitted a socket
  std::vector<ConnectionHandler> on_connection;
  std::map<std::string, EventHandler, std::less<>> handlers;
  std::vector<AnyEventHandler> on_any;
  std::vector<EndHandler> on_end;
  std::atomic<std::size_t> connected{0};  // on all workers
};

}  // namespace rollcall::server
