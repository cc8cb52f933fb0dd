// The presence server: a Socket.IO server, the presence core, and the protocol between them
// (docs/protocol.md).
//
// It authenticates connections, tells presence::Core what happens, answers requests, and
// broadcasts the changes. Its handlers run on the threads of all workers; what they share is in HubDriver.
//
// Watching a user is being in a room: then subscriptions survive recovery as rooms do, and a missed
// change is replayed like any other event.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/explain.hpp"
#include "api/requests.hpp"
#include "base/clock_watch.hpp"
#include "gateway/broadcaster.hpp"
#include "gateway/failure_limit.hpp"
#include "gateway/hub_driver.hpp"
#include "gateway/live.hpp"
#include "gateway/presence_answers.hpp"
#include "gateway/rate_limit.hpp"
#include "gateway/tally.hpp"
#include "gateway/user_budgets.hpp"
#include "gateway/verification_queue.hpp"
#include "rollcall/config.hpp"
#include "rollcall/server.hpp"
#include "rollcall/verifier.hpp"
#include "server/user_limit.hpp"

namespace rollcall::gateway {

// As read at one moment; what is counted is counted since the start.
struct PresenceFigures : TallyFigures {
  std::size_t online = 0;       // users
  std::size_t connections = 0;  // theirs
  hub::ChangeTotals::Totals changes;
  milliseconds window{0};  // on which changes are told; 0: at once
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

  const HubDriver& presence() const { return hub_; }
  void on_feed(std::function<void()> grown) { hub_.on_feed(std::move(grown)); }  // see there
  // From any thread.
  PresenceFigures figures() const;
  // What the state says to a request that is not a socket's.
  Result<std::string, api::Error> answer(const api::Request& request);
  const api::Limits& limits() const { return rules_.get().requests; }
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
  WideReach emit_to_users(std::span<const api::UserId> user_ids, std::string_view event,
                          const Payload& payload);
  WideReach emit_to_all(std::string_view event, const Payload& payload);
  // An event of the application's, served as presence's own are: for who has a token, within the rate, and a
  // sign of life. Before the server runs. False if the event is one of presence's own.
  bool on(std::string event, EventHandler handler);

  // Before the server runs; the sink must outlive this.
  void add(hub::Sink& sink) { hub_.add(sink); }
  // Of the worker on whose thread they are called: the user's connections, and their end. They come to a good
  // end: the clients do not come back by themselves.
  std::vector<api::ConnectionFacts> connections_here(const std::string& user_id);
  std::size_t disconnect_here(const std::string& user_id);
  // Of the worker on whose thread it is called: the wall clock was set by `step`, so tokens end that much
  // earlier.
  void clock_set(milliseconds step);
  milliseconds offline_grace() const { return config_.presence.offline_grace; }

 private:
  // What is kept with each socket. Its user is Socket::owner().
  struct Member;

  // What a reload may change.
  struct Rules {
    LimitSettings limits;
    api::Limits requests;
    std::shared_ptr<const Verifier> verifier;
  };
  static std::shared_ptr<const Rules> rules_of(const Config& config,
                                               std::shared_ptr<const Verifier> verifier);

  void set_up(Namespace& nsp);
  void authenticate(Socket& socket, const Next& next);
  void verify(Socket& socket, const Next& next);
  void verify_waiting();
  void connected(Socket& socket);
  void disconnected(Socket& socket, EndReason reason);
  void received(Socket& socket, std::string_view event, const Payload& payload, Ack& ack);

  // The data of the reply, behind `begin`; and does what else the request asks for.
  Result<std::string, api::Error> serve(Socket& socket, const api::Request& request,
                                        const PresenceAnswers::Reading& reading, std::string begin);

  std::optional<api::Error> subscribe(Socket& socket, const api::UserIds& user_ids);
  std::size_t unsubscribe(Socket& socket, const api::UserIds& user_ids);
  Result<std::string, api::Error> refresh(Socket& socket, const std::string& token);
  void refuse_request(Socket& socket, const api::Error& error, Ack& ack);

  // Whether one more event may come; and what it costs beyond. `shared`: the user's budget.
  UserBudget user_budget(Socket& socket);
  std::optional<api::Error> take_one(Member& member, UserBudget& shared);
  static void charge(Member& member, UserBudget& shared, const Payload& payload, const api::Request* request,
                     const PresenceAnswers::Reading& reading);

  void watch_expiry(Socket& socket, std::optional<WallTime> expires_at);
  void expired(Socket& socket);
  void watch_clock();
  void greet_with_mode(Socket& socket);
  void tell_of_endless_token();
  server::UserLimit user_limit();
  // Counts and logs it.
  ConnectError refusal(const Socket& socket, Denial denial, const std::string& details);

  static Member& member_of(Socket& socket);
  std::vector<SocketRef> sockets_here(const std::string& user_id);

  Server& server_;
  const Config config_;
  Live<const Rules> rules_;
  Tallies tallies_;
  // Of each worker.
  struct Gate {
    explicit Gate(std::uint32_t failures_a_minute) : failures(failures_a_minute) {}
    VerificationQueue queue;
    FailureLimit failures;
    std::shared_ptr<void> next_turn;
  };
  std::vector<std::unique_ptr<Gate>> gates_;
  std::atomic<presence::ConnectionId> next_connection_{1};
  std::vector<Namespace*> namespaces_;
  Broadcaster broadcaster_;
  HubDriver hub_;
  std::map<std::string, EventHandler, std::less<>> handlers_;  // the application's
  PresenceAnswers answers_;                                    // under the hub's lock
  const Instant started_;
  // For each worker, on its thread: whether the wall clock is set.
  struct WorkerClock {
    base::ClockWatch watch;
    std::shared_ptr<void> timer;
  };
  std::vector<WorkerClock> clocks_;
  UserBudgets budgets_;
  std::atomic<bool> endless_told_{false};  // that a token without an end was accepted
};

}  // namespace rollcall::gateway
