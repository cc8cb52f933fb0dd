// The presence server: a Socket.IO server, the presence core, and the contract between them.
//
// It authenticates connections, tells presence::Core what happens, answers the requests of the contract
// (section 3) and broadcasts what the core says has changed (section 4). Its handlers run on the threads of
// all workers; what they share is in PresenceHub.
//
// Watching a user is being in a room: then subscriptions survive recovery as rooms do, and a missed
// change is replayed like any other event.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/requests.hpp"
#include "gateway/broadcaster.hpp"
#include "gateway/online_list.hpp"
#include "gateway/presence_hub.hpp"
#include "gateway/rate_limit.hpp"
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

  const PresenceHub& presence() const { return hub_; }
  // An event of the application's, served as presence's own are: for who has a token, within the rate, and a
  // sign of life. Before the server runs. False if the event is one of presence's own.
  bool on(std::string event, EventHandler handler);

  void on_change(PresenceHub::Observe observe) { hub_.on_change(std::move(observe)); }

 private:
  // What is kept with each socket. Its user is Socket::owner().
  struct Member;

  void set_up(Namespace& nsp);
  void authenticate(Socket& socket, const Next& next);
  void connected(Socket& socket);
  void disconnected(Socket& socket, std::string_view reason);
  void received(Socket& socket, std::string_view event, const Payload& payload, Ack& ack);

  // What the state says to a request, to be written without the lock.
  using Reading = std::variant<std::monostate, WallTime, presence::Status, std::vector<presence::Status>,
                               OnlineListPage, Result<presence::OnlinePage, presence::CursorFault>>;
  Reading read(const presence::View& view, presence::ConnectionId asker, const api::Request& request);
  // The data of the reply, behind `begin`; and does what else the request asks for.
  Result<std::string, api::Error> serve(Socket& socket, const api::Request& request, const Reading& reading,
                                        std::string begin);
  std::string write(const api::Request& request, const Reading& reading, std::string begin) const;

  std::optional<api::Error> subscribe(Socket& socket, const std::vector<std::string>& user_ids);
  std::size_t unsubscribe(Socket& socket, const std::vector<std::string>& user_ids);
  Result<std::string, api::Error> refresh(Socket& socket, const std::string& token);
  void refuse_request(Socket& socket, const api::Error& error, Ack& ack);

  void watch_expiry(Socket& socket, std::optional<WallTime> expires_at);
  void expired(Socket& socket);
  void greet_with_mode(Socket& socket);

  static Member& member_of(Socket& socket);

  Server& server_;
  const Config config_;
  std::shared_ptr<const Verifier> verifier_;
  api::Limits limits_;
  std::atomic<presence::ConnectionId> next_connection_{1};
  Broadcaster broadcaster_;
  PresenceHub hub_;
  std::map<std::string, EventHandler, std::less<>> handlers_;  // the application's
  OnlineList online_list_;                                     // under the hub's lock
};

}  // namespace rollcall::gateway
