// Decides who may connect: the token must be valid, its address must not have failed too often, and its user
// must be below the limit of connections. Then watches when tokens expire, and renews them.
//
// Runs on the threads of all workers, each with its own queue and its own count of failures.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/gateway_counters.hpp"
#include "gateway/hub_driver.hpp"
#include "gateway/live.hpp"
#include "gateway/login/failure_limit.hpp"
#include "gateway/login/token_expiry.hpp"
#include "gateway/login/verification_queue.hpp"
#include "rollcall/server.hpp"
#include "rollcall/verifier.hpp"
#include "server/sockets/user_limit.hpp"
#include "wire/error.hpp"

namespace rollcall::gateway {

class Login {
 public:
  // What a reload may change.
  struct Rules {
    std::shared_ptr<const Verifier> verifier;
    std::uint32_t failures_per_address = 0;  // refused tokens a minute; 0: no limit
    std::uint32_t connections_per_user = 0;
  };
  // Gives the socket of a good token its Member. Called before it joins.
  using Admit = std::function<void(Socket&, Claims)>;

  // All must outlive this. `hub` says who has too many connections.
  Login(Server& server, const HubDriver& hub, const std::vector<Namespace*>& namespaces,
        GatewayCounters& counters, const Rules& rules, Admit admit);
  Login(const Login&) = delete;
  Login& operator=(const Login&) = delete;

  // Before the server runs.
  void guard(Namespace& nsp);
  // Applies to connections from now on. From any thread, one at a time.
  void reconfigure(const Rules& rules) { rules_.replace(std::make_shared<const Rules>(rules)); }

  // Closes the connected socket when its token expires; nullopt: never.
  void watch_expiry(Socket& socket, std::optional<WallTime> expires_at);
  // Replaces the token of a connected socket with another one of the same user. Returns when it expires.
  Result<std::optional<WallTime>, wire::Error> renew(Socket& socket, const std::string& token);

  TokenExpiry& expiry() { return expiry_; }

 private:
  // Of each worker.
  struct Gate {
    explicit Gate(std::uint32_t failures_a_minute) : failures(failures_a_minute) {}
    VerificationQueue queue;
    FailureLimit failures;
    std::shared_ptr<void> next_turn;
  };

  Gate& gate();
  void authenticate(Socket& socket, const Next& next);
  void verify(Socket& socket, const Next& next);
  void verify_waiting();
  Result<Claims, AuthFault> claims_of(Socket& socket, Gate& here);
  void refuse_address(Socket& socket);
  void tell_of_endless_token();
  server::UserLimit user_limit();
  // Counts and logs it.
  ConnectError refusal(const Socket& socket, Denial denial, const std::string& details);

  Server& server_;
  const HubDriver& hub_;
  GatewayCounters& counters_;
  Live<const Rules> rules_;
  const Admit admit_;
  TokenExpiry expiry_;
  std::vector<std::unique_ptr<Gate>> gates_;
  std::atomic<bool> endless_told_{false};  // that a token without an end was accepted
};

}  // namespace rollcall::gateway
