// Tells what is news to those it concerns (contract, "Events from the server"): everyone connected, or the
// users' watchers, as configured. Thread-safe once the namespaces are added.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "presence/announcer.hpp"
#include "rollcall/config.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

// Each worker delivers to its own connections, and has a budget of its own.
presence::PaceSettings pace_of(const PresenceSettings& settings, unsigned workers);

class Broadcaster {
 public:
  Broadcaster(Server& server, bool watchers_only) : server_(server), watchers_only_(watchers_only) {}

  // Before the server runs.
  void add(Namespace& nsp) { namespaces_.push_back(&nsp); }

  void publish(const presence::News& news);
  std::size_t receivers() const;

 private:
  void tell(const presence::UserChanged& change);
  void tell_mode(const presence::ModeChanged& mode);

  Server& server_;
  bool watchers_only_;
  std::vector<Namespace*> namespaces_;
};

}  // namespace rollcall::gateway
