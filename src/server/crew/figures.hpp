// What a server counts, as read at one moment: for metrics and health checks.
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
  hung,  // its turn takes longer than ServerOptions::hung_after, or it did not turn when it was to
  ended,
};

struct WorkerFigures {
  Life life = Life::starting;
  microseconds turn_age{0};  // of the turn it is in; 0: it waits
  base::Durations turns;
  std::size_t connections = 0;  // TCP, those on their way to it among them
  std::size_t inbox = 0;        // broadcasts it has still to deliver
};

struct RouteCount {
  std::string method;
  std::string pattern;  // empty: requests that no route is for
  unsigned status = 0;  // 0: any that is not told apart
  std::uint64_t count = 0;
};

// Of all workers together, where nothing else is said. What is counted is counted since the start.
struct Figures {
  std::vector<WorkerFigures> workers;
  bool draining = false;

  CountSums counts;
  std::uint64_t turned_away = 0;  // connections for which no descriptor, or no watch, was left
  bool turning_away = false;      // there were some in the last seconds, or the next ones will be
  std::size_t memory_budget = 0;  // bytes; 0: none
  bool memory_full = false;       // newcomers are refused
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_waiting = 0;  // to be sent, at the moment

  std::vector<RouteCount> http;  // those that there were
};

// From any thread, while the server exists and has been told all its routes.
Figures figures_of(Server& server);

// What a worker has done since the start; as DeliveryCounters say.
struct WorkDone {
  microseconds busy{0};  // in all its turns
  microseconds delivering{0};
  std::uint64_t delivering_turns = 0;
  microseconds last_delivering{0};
};
// From any thread, once the server has its workers. Cheap: a few plain numbers are read.
WorkDone work_done(Server& server, WorkerIndex worker);

// Calls `watcher` at the end of each turn of the worker, on its thread, with how long the turn took. It must
// be quick. Before the server runs.
void on_turn_end(Server& server, WorkerIndex worker, std::function<void(microseconds)> watcher);

// New connections get this certificate from now on. From any thread.
void replace_tls(Server& server, std::shared_ptr<net::TlsContext> tls);

// The worker of the server whose thread calls; none: it is no worker's.
std::optional<WorkerIndex> worker_here(Server& server);

}  // namespace rollcall::server
