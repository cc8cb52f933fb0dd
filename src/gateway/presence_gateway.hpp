// The presence server: a Socket.IO server, the presence core, and the contract between them.
//
// It authenticates connections, tells presence::Core what happens, answers the requests of the contract
// (section 3) and broadcasts what the core says has changed (section 4). One thread: the server's.
//
// Watching a user is being in a room: then subscriptions survive recovery as rooms do, and a missed
// change is replayed like any other event.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/requests.hpp"
#include "gateway/rate_limit.hpp"
#include "presence/core.hpp"
#include "rollcall/config.hpp"
#include "rollcall/server.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall::gateway {

class PresenceGateway {
 public:
  // Sets up the configured namespaces of `server`, which must outlive this.
  PresenceGateway(Server& server, const Config& config, std::shared_ptr<const Verifier> verifier);
  PresenceGateway(const PresenceGateway&) = delete;
  PresenceGateway& operator=(const PresenceGateway&) = delete;

  const presence::Core& presence() const { return core_; }

 private:
  // What is kept with each socket.
  struct Member {
    Member(Claims verified, std::uint32_t burst, Instant now)
        : claims(std::move(verified)), rate(burst, now) {}
    Claims claims;
    presence::ConnectionId connection = 0;
    RateLimit rate;
    std::shared_ptr<void> expiry;
  };

  void set_up(Namespace& nsp);
  void authenticate(Socket& socket, const Next& next);
  void connected(Socket& socket);
  void disconnected(Socket& socket, std::string_view reason);
  void received(Socket& socket, std::string_view event, const Payload& payload, Ack& ack);

  std::optional<api::Error> serve(Socket& socket, const api::Request& request, std::string& data);
  std::string statuses(const std::vector<std::string>& user_ids) const;
  std::optional<api::Error> subscribe(Socket& socket, const std::vector<std::string>& user_ids);
  std::size_t unsubscribe(Socket& socket, const std::vector<std::string>& user_ids);
  std::optional<api::Error> refresh(Socket& socket, const std::string& token, std::string& data);
  void refuse_request(Socket& socket, const api::Error& error, Ack& ack);

  void watch_expiry(Socket& socket, Member& member);
  void expired(Socket& socket);
  void apply(const presence::Command& command);
  void broadcast(const std::vector<presence::Effect>& effects);
  void tell(const std::string& user_id, std::string_view event, std::string data);
  void schedule_tick();

  static Member& member_of(Socket& socket) { return *static_cast<Member*>(socket.data.get()); }

  Server& server_;
  const Config config_;
  std::shared_ptr<const Verifier> verifier_;
  api::Limits limits_;
  presence::Core core_;
  std::vector<Namespace*> namespaces_;
  presence::ConnectionId next_connection_ = 1;
  std::shared_ptr<void> tick_;
  std::optional<Instant> tick_at_;
};

}  // namespace rollcall::gateway
