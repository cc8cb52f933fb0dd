#include "gateway/login/token_expiry.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "gateway/member.hpp"
#include "server/crew/figures.hpp"
#include "server/sockets/socket_timers.hpp"
#include "wire/events.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;

constexpr const char* kTokenExpired = "token expired";

// After the clock is set, an expired token is noticed within this time.
constexpr seconds kLookAtClock{10};

}  // namespace

TokenExpiry::TokenExpiry(Server& server, const std::vector<Namespace*>& namespaces, GatewayCounters& counters)
    : server_(server), namespaces_(namespaces), counters_(counters), clocks_(server.workers()) {
  server.post_to_all([this] { watch_clock(); });
}

void TokenExpiry::watch(Socket& socket, std::optional<WallTime> expires_at, milliseconds leeway) {
  if (!expires_at) {
    server::timers_of(socket).disarm(member_of(socket));
    return;
  }
  const milliseconds left = *expires_at + leeway - server_.wall_now();
  server::timers_of(socket).arm(member_of(socket), server_.now() + std::max(left, milliseconds{0}));
}

void TokenExpiry::expired(Socket& socket) {
  counters_.here().expire();
  if (log::sampled(log::Level::info, kTokenExpired, "", server_.now())) {
    log::info(kTokenExpired, {{"socket", socket.id()}});
  }
  member_of(socket).expired = true;
  socket.emit_transient(
      wire::kAuthenticationErrorEvent,
      {wire::auth_error_data(wire::name_of(AuthCode::token_expired),
                             "The token of this connection has expired: connect again with a new one",
                             server_.wall_now()),
       {}});
  // Close the transport, not the namespace: clients then reconnect by themselves, with a fresh token.
  socket.close_transport();
}

void TokenExpiry::watch_clock() {
  WorkerClock& clock = clocks_[*server::worker_here(server_)];
  if (const auto step = clock.watch.step(server_.now(), server_.wall_now())) clock_set(*step);
  const auto running = std::exchange(clock.timer, nullptr);  // it may be the caller
  clock.timer = server_.schedule(server_.now() + kLookAtClock, [this] { watch_clock(); });
}

void TokenExpiry::clock_set(milliseconds step) {
  std::size_t moved = 0;
  for (Namespace* nsp : namespaces_) {
    server::each_socket_here(*nsp, [&](Socket& socket) {
      Member& member = member_of(socket);
      if (!member.armed()) return;
      server::timers_of(socket).arm(member, member.deadline() - step);
      ++moved;
    });
  }
  log::warn("wall clock was set", {{"step_ms", step.count()}, {"tokens", moved}});
}

}  // namespace rollcall::gateway
