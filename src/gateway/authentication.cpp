// Whom the gateway lets in: a good token, from an address that has not failed too often, of a user who has
// not as many connections as are allowed.
#include <chrono>

#include "api/replies.hpp"
#include "base/log.hpp"
#include "gateway/member.hpp"
#include "gateway/presence_gateway.hpp"
#include "gateway/token_source.hpp"
#include "server/refusals.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;

constexpr const char* kConnectionRefused = "connection refused";
constexpr const char* kAuthenticationFailed = "Authentication failed";

}  // namespace

// A signature of ES512 takes a millisecond: however many ask, a turn spends a bounded time on them.
void PresenceGateway::authenticate(Socket& socket, const Next& next) {
  Gate& gate = *gates_[server::BusPort::current()->index()];
  if (gate.queue.empty() && gate.queue.may_verify(server_.now())) {
    verify(socket, next);
    return;
  }
  if (gate.queue.empty()) gate.next_turn = server_.schedule(server_.now(), [this] { verify_waiting(); });
  gate.queue.wait(server::address_key(socket), [this, ref = socket.ref(), next] {
    if (Socket* waiting = ref.get()) verify(*waiting, next);
  });
}

void PresenceGateway::verify_waiting() {
  Gate& gate = *gates_[server::BusPort::current()->index()];
  while (!gate.queue.empty() && gate.queue.may_verify(server_.now())) gate.queue.next()();
  if (!gate.queue.empty()) gate.next_turn = server_.schedule(server_.now(), [this] { verify_waiting(); });
}

void PresenceGateway::verify(Socket& socket, const Next& next) {
  Gate& gate = *gates_[server::BusPort::current()->index()];
  const Rules& rules = rules_.get();
  gate.failures.limit(rules.limits.failures_per_address);
  const bool accountable = socket.handshake().address_certain();
  if (accountable && !gate.failures.allows(server::address_key(socket), server_.now())) {
    if (log::sampled(log::Level::info, kConnectionRefused, "address", server_.now())) {
      log::info(kConnectionRefused, {{"details", "too many refused tokens (limits.failures_per_address)"},
                                     {"address", socket.handshake().address()}});
    }
    server::refuse_address(socket);
    return;
  }
  const WallTime now = server_.wall_now();
  const auto begun = std::chrono::steady_clock::now();
  const std::string token = find_token(socket.auth(), socket.handshake());
  auto claims = token.empty()
                    ? Result<Claims, AuthFault>(fail(AuthFault{
                          AuthCode::missing_token,
                          "No token was given: pass it as auth.token, as an Authorization: Bearer header, as "
                          "the query parameter token, or as the cookie jwt"}))
                    : rules.verifier->verify(token, now);
  gate.queue.spent(std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begun));
  if (!claims) {
    if (accountable) gate.failures.failed(server::address_key(socket), server_.now());
    next(refusal(socket, denial_of(claims.error().code), claims.error().details));
    return;
  }
  if (!claims->expires_at) tell_of_endless_token();
  socket.set_owner(claims->subject);
  socket.data =
      std::make_shared<Member>(*this, socket, std::move(*claims), rules.limits.event_burst, server_.now());
  next(std::nullopt);
}

server::UserLimit PresenceGateway::user_limit() {
  const auto reached = [this](const Socket& socket) {
    return !hub_.read([&](const presence::View& view) { return view.may_connect(socket.owner()); });
  };
  const auto refusal_of = [this](const Socket& socket) {
    return refusal(socket, Denial::too_many_connections,
                   "This user has as many connections as are allowed (" +
                       std::to_string(rules_.get().limits.connections_per_user) + ")");
  };
  return {reached, refusal_of};
}

ConnectError PresenceGateway::refusal(const Socket& socket, Denial denial, const std::string& details) {
  const std::string_view code = name_of(denial);
  tallies_.here().deny(denial);
  if (log::sampled(log::Level::info, kConnectionRefused, code, server_.now())) {
    log::info(kConnectionRefused,
              {{"code", code}, {"details", details}, {"address", socket.handshake().address()}});
  }
  return {kAuthenticationFailed, api::auth_error_data(code, details, server_.wall_now())};
}

// Told once: a backend that signs one such token signs many.
void PresenceGateway::tell_of_endless_token() {
  if (endless_told_.load(std::memory_order_relaxed) || endless_told_.exchange(true)) return;
  log::warn("a token without an end (exp) was accepted: it is good until its key changes",
            {{"refuse_them", "auth.require_exp"}, {"limit_them", "auth.max_token_age_ms"}});
}

}  // namespace rollcall::gateway
