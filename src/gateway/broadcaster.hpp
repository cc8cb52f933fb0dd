// Broadcasts presence changes to everyone connected, or only to the user's watchers, as configured
// (docs/protocol.md, "Broadcasts"). Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hub/sink.hpp"
#include "presence/announcer.hpp"
#include "rollcall/config.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

// Each worker delivers to its own connections, and has a budget of its own.
presence::PaceSettings pace_of(const PresenceSettings& settings, unsigned workers);

class Broadcaster final : public hub::Audience {
 public:
  // `namespaces` must outlive this.
  Broadcaster(Server& server, const std::vector<Namespace*>& namespaces, bool watchers_only)
      : server_(server), namespaces_(namespaces), watchers_only_(watchers_only), work_(server.workers()) {}

  void tell(const presence::Announcement& announcement) override;
  std::size_t receivers() const override;
  std::span<const presence::LoopWork> work() override;

 private:
  void tell_change(const presence::UserChanged& change);
  void tell_mode(const presence::ModeChanged& mode);

  Server& server_;
  const std::vector<Namespace*>& namespaces_;
  bool watchers_only_;
  std::vector<presence::LoopWork> work_;  // of each worker, under the hub's lock
};

}  // namespace rollcall::gateway
