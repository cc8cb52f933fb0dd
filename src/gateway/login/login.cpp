#include "gateway/login/login.hpp"

#include <chrono>
#include <utility>

#include "base/log.hpp"
#include "gateway/login/token_source.hpp"
#include "server/sockets/refusals.hpp"
#include "wire/events.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;

constexpr const char* kConnectionRefused = "connection refused";
constexpr const char* kAuthenticationFailed = "Authentication failed";

}  // namespace

Login::Login(Server& server, const HubDriver& hub, const std::vector<Namespace*>& namespaces,
             GatewayCounters& counters, const Rules& rules, Admit admit)
    : server_(server),
      hub_(hub),
      counters_(counters),
      rules_(server, std::make_shared<const Rules>(rules)),
      admit_(std::move(admit)),
      expiry_(server, namespaces, counters) {
  for (unsigned i = 0; i < server.workers(); ++i) {
    gates_.push_back(std::make_unique<Gate>(rules.failures_per_address));
  }
}

void Login::guard(Namespace& nsp) {
  nsp.use([this](Socket& socket, const Next& next) { authenticate(socket, next); });
  server::limit_users(nsp, user_limit());
}

Login::Gate& Login::gate() {
  return *gates_[server::BusPort::current()->index()];
}

// Verifying ES512 takes a millisecond: bounds the time per turn however many clients ask.
void Login::authenticate(Socket& socket, const Next& next) {
  VerificationQueue& queue = gate().queue;
  if (queue.empty() && queue.may_verify(server_.now())) {
    verify(socket, next);
    return;
  }
  if (queue.empty()) gate().next_turn = server_.schedule(server_.now(), [this] { verify_waiting(); });
  queue.wait(server::address_key(socket), [this, ref = socket.ref(), next] {
    if (Socket* waiting = ref.get()) verify(*waiting, next);
  });
}

void Login::verify_waiting() {
  VerificationQueue& queue = gate().queue;
  while (!queue.empty() && queue.may_verify(server_.now())) queue.next()();
  if (!queue.empty()) gate().next_turn = server_.schedule(server_.now(), [this] { verify_waiting(); });
}

void Login::verify(Socket& socket, const Next& next) {
  Gate& here = gate();
  here.failures.limit(rules_.get().failures_per_address);
  const bool accountable = socket.handshake().address_certain();
  if (accountable && !here.failures.allows(server::address_key(socket), server_.now())) {
    refuse_address(socket);
    return;
  }
  auto claims = claims_of(socket, here);
  if (!claims) {
    if (accountable) here.failures.failed(server::address_key(socket), server_.now());
    next(refusal(socket, denial_of(claims.error().code), claims.error().details));
    return;
  }
  if (!claims->expires_at) tell_of_endless_token();
  socket.set_owner(claims->subject);
  admit_(socket, std::move(*claims));
  next(std::nullopt);
}

Result<Claims, AuthFault> Login::claims_of(Socket& socket, Gate& here) {
  const auto begun = std::chrono::steady_clock::now();
  const std::string token = find_token(socket.auth(), socket.handshake());
  auto claims = token.empty()
                    ? Result<Claims, AuthFault>(fail(AuthFault{
                          AuthCode::missing_token,
                          "No token was given: pass it as auth.token, as an Authorization: Bearer header, as "
                          "the query parameter token, or as the cookie jwt"}))
                    : rules_.get().verifier->verify(token, server_.wall_now());
  here.queue.spent(std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begun));
  return claims;
}

void Login::refuse_address(Socket& socket) {
  if (log::sampled(log::Level::info, kConnectionRefused, "address", server_.now())) {
    log::info(kConnectionRefused, {{"details", "too many refused tokens (limits.failures_per_address)"},
                                   {"address", socket.handshake().address()}});
  }
  server::refuse_address(socket);
}

server::UserLimit Login::user_limit() {
  const auto reached = [this](const Socket& socket) {
    return !hub_.read([&](const presence::View& view) { return view.may_connect(socket.owner()); });
  };
  const auto refusal_of = [this](const Socket& socket) {
    return refusal(socket, Denial::too_many_connections,
                   "This user has as many connections as are allowed (" +
                       std::to_string(rules_.get().connections_per_user) + ")");
  };
  return {reached, refusal_of};
}

ConnectError Login::refusal(const Socket& socket, Denial denial, const std::string& details) {
  const std::string_view code = name_of(denial);
  counters_.here().deny(denial);
  if (log::sampled(log::Level::info, kConnectionRefused, code, server_.now())) {
    log::info(kConnectionRefused,
              {{"code", code}, {"details", details}, {"address", socket.handshake().address()}});
  }
  return {kAuthenticationFailed, wire::auth_error_data(code, details, server_.wall_now())};
}

void Login::watch_expiry(Socket& socket, std::optional<WallTime> expires_at) {
  expiry_.watch(socket, expires_at, rules_.get().verifier->leeway());
}

Result<std::optional<WallTime>, wire::Error> Login::renew(Socket& socket, const std::string& token) {
  const auto claims = rules_.get().verifier->verify(token, server_.wall_now());
  const auto refused = [](std::string message) {
    return fail(wire::Error{wire::ErrorCode::forbidden, std::move(message)});
  };
  if (!claims) return refused("The new token was refused: " + claims.error().details);
  if (claims->subject != socket.owner()) {
    return refused("The new token is another user's: its sub must stay the same");
  }
  watch_expiry(socket, claims->expires_at);
  return claims->expires_at;
}

// Logged once: a backend that signs one such token signs many.
void Login::tell_of_endless_token() {
  if (endless_told_.load(std::memory_order_relaxed) || endless_told_.exchange(true)) return;
  log::warn("token without exp accepted: it is valid until its key changes",
            {{"refuse_them", "auth.require_exp"}, {"limit_them", "auth.max_token_age_ms"}});
}

}  // namespace rollcall::gateway
