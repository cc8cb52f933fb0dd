// The presence server: a Socket.IO server, the presence core, and the protocol between them
// (docs/protocol.md).
//
// It lets connections in (login), tells presence::Core what happens, answers requests (contract), and
// broadcasts the changes. Its handlers run on the threads of all workers; what they share is in HubDriver.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calls/explain.hpp"
#include "calls/online_list.hpp"
#include "calls/request.hpp"
#include "gateway/broadcaster.hpp"
#include "gateway/contract/contract.hpp"
#include "gateway/gateway_counters.hpp"
#include "gateway/hub_driver.hpp"
#include "gateway/login/login.hpp"
#include "rollcall/config.hpp"
#include "rollcall/server.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall::gateway {

// As read at one moment; what is counted is counted since the start.
struct PresenceFigures : CounterFigures {
  std::size_t online = 0;       // users
  std::size_t connections = 0;  // theirs
  hub::ChangeTotals::Totals changes;
  milliseconds window{0};  // of batches; 0: changes are told at once
  std::size_t held = 0;    // changes that are still to be told
  std::uint64_t feed_changes = 0;
};

class PresenceGateway {
 public:
  // Sets up the configured namespaces of `server`, which must outlive this.
  PresenceGateway(Server& server, const Config& config, std::shared_ptr<const Verifier> verifier);
  PresenceGateway(const PresenceGateway&) = delete;
  PresenceGateway& operator=(const PresenceGateway&) = delete;

  // Takes [limits], the verifier, and whether there is somebody to read the feed from these: for what comes
  // from now on. Who is connected stays so, by the token that was good then. From any thread, one at a time.
  void reconfigure(const Config& config, std::shared_ptr<const Verifier> verifier);

  const std::vector<Namespace*>& namespaces() const { return namespaces_; }
  const HubDriver& presence() const { return hub_; }
  void on_feed(std::function<void()> grown) { hub_.on_feed(std::move(grown)); }  // see there
  // From any thread.
  PresenceFigures figures() const;
  // Answers a backend's question.
  Result<std::string, wire::Error> answer(calls::Question& question);
  const calls::Limits& limits() const { return contract_.rules().requests; }
  // To all connections of the user, and to those that come back in time to recover what they missed.
  struct Reach {
    std::size_t connections = 0;  // there at the moment
    bool online = false;
  };
  Reach emit_to_user(const std::string& user_id, std::string_view event, const Payload& payload);
  // The same to each of the users, who must be different, or to everyone.
  struct WideReach {
    std::size_t connections = 0;
    std::size_t online = 0;  // users
  };
  WideReach emit_to_users(std::span<const wire::UserId> user_ids, std::string_view event,
                          const Payload& payload);
  WideReach emit_to_all(std::string_view event, const Payload& payload);
  // See Contract.
  bool on(std::string event, EventHandler handler) {
    return contract_.on(std::move(event), std::move(handler));
  }

  // Before the server runs; the sink must outlive this.
  void add(hub::Sink& sink) { hub_.add(sink); }
  // For the worker of the calling thread: lists the user's connections, or disconnects them as a goodbye, so
  // that the clients do not reconnect by themselves.
  std::vector<calls::ConnectionFacts> connections_here(const std::string& user_id);
  std::size_t disconnect_here(const std::string& user_id);
  // See TokenExpiry.
  void clock_set(milliseconds step) { login_.expiry().clock_set(step); }
  milliseconds offline_grace() const { return offline_grace_; }

 private:
  void set_up(Namespace& nsp);
  void admit(Socket& socket, Claims claims);
  void connected(Socket& socket);
  void disconnected(Socket& socket, EndReason reason);
  void greet_with_mode(Socket& socket);
  std::vector<SocketRef> sockets_here(const std::string& user_id);

  Server& server_;
  const milliseconds offline_grace_;
  std::atomic<std::size_t> backlog_bytes_;  // for the log
  GatewayCounters counters_;
  std::atomic<presence::ConnectionId> next_connection_{1};
  const std::vector<Namespace*> namespaces_;
  Broadcaster broadcaster_;
  HubDriver hub_;
  calls::OnlineList online_list_;  // under the hub's lock
  Login login_;
  Contract contract_;
  const Instant started_;
};

}  // namespace rollcall::gateway
