// Closes connections when their tokens expire. Timers run on the monotonic clock, but tokens expire by the
// wall clock, which may be set: so it is checked every few seconds, and the timers are moved if it was set.
//
// Each worker watches its own sockets, on its thread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/clock_watch.hpp"
#include "gateway/gateway_counters.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

class TokenExpiry {
 public:
  // All must outlive this. To be made before the server runs. The sockets of `namespaces` have tokens.
  TokenExpiry(Server& server, const std::vector<Namespace*>& namespaces, GatewayCounters& counters);
  TokenExpiry(const TokenExpiry&) = delete;
  TokenExpiry& operator=(const TokenExpiry&) = delete;

  // As when connecting, a token is good for the leeway beyond its `exp`.
  void watch(Socket& socket, std::optional<WallTime> expires_at, milliseconds leeway);
  // The socket's token has expired: tells the client, and closes the connection.
  void expired(Socket& socket);
  // For the worker of this thread: the wall clock was moved forward by `step`, so tokens expire that much
  // earlier.
  void clock_set(milliseconds step);

 private:
  // For each worker, on its thread: whether the wall clock is set.
  struct WorkerClock {
    base::ClockWatch watch;
    std::shared_ptr<void> timer;
  };

  void watch_clock();

  Server& server_;
  const std::vector<Namespace*>& namespaces_;
  GatewayCounters& counters_;
  std::vector<WorkerClock> clocks_;
};

}  // namespace rollcall::gateway
