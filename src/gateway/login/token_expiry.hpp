// When the tokens of connections end. Timers run on a clock that only goes forward; the wall clock, by which
// tokens end, may be set. So it is looked at again and again, and the timers are moved when it was.
//
// Each worker's sockets are watched on its thread.
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
  // The token of the socket has ended: it is told, and its connection closed.
  void expired(Socket& socket);
  // Of this thread's worker: the wall clock was set by `step`, so tokens end that much earlier.
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
