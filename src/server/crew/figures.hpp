// A snapshot of a server's counters, for metrics and health checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/durations.hpp"
#include "rollcall/server.hpp"
#include "server/shared/counters.hpp"
#include "server/shared/worker_index.hpp"

namespace rollcall::net {
class TlsContext;
}

namespace rollcall::server {

enum class Life {
  starting,
  running,
  hung,  // its turn exceeds ServerOptions::hung_after, or did not start when it was due
  ended,
};

struct WorkerFigures {
  Life life = Life::starting;
  microseconds turn_age{0};  // how long the current turn has taken; 0: idle
  base::Durations turns;
  std::size_t connections = 0;  // TCP, including those on their way to it
  std::size_t inbox = 0;        // broadcasts not delivered yet
};

struct RouteCount {
  std::string method;
  std::string pattern;  // empty: requests without a route
  unsigned status = 0;  // 0: any status without a counter of its own
  std::uint64_t count = 0;
};

// Sums over all workers unless stated otherwise. Counters count from the start of the server.
struct Figures {
  std::vector<WorkerFigures> workers;
  bool draining = false;

  CountSums counts;
  std::uint64_t turned_away = 0;  // connections refused for want of a descriptor or an epoll watch
  bool turning_away = false;      // some were refused in the last seconds, or the next ones will be
  std::size_t memory_budget = 0;  // bytes; 0: none
  bool memory_full = false;       // new sessions are refused
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_waiting = 0;  // queued for sending

  std::vector<RouteCount> http;  // without zeros
};

// Thread-safe, while the server exists and has all its routes.
Figures figures_of(Server& server);

// A worker's work since the start; see DeliveryCounters.
struct WorkDone {
  microseconds busy{0};  // in all turns
  microseconds delivering{0};
  std::uint64_t delivering_turns = 0;
  microseconds last_delivering{0};
};
// Thread-safe, once the server has its workers. Cheap: reads a few plain numbers.
WorkDone work_done(Server& server, WorkerIndex worker);

// Calls `watcher` at the end of each turn of the worker, on its thread, with the turn's duration. It must be
// quick. Call before the server runs.
void on_turn_end(Server& server, WorkerIndex worker, std::function<void(microseconds)> watcher);

// New connections use this certificate from now on. Thread-safe.
void replace_tls(Server& server, std::shared_ptr<net::TlsContext> tls);

// The worker whose thread calls; absent on other threads.
std::optional<WorkerIndex> worker_here(Server& server);

}  // namespace rollcall::server
