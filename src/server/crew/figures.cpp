#include "server/crew/figures.hpp"

#include <algorithm>

#include "server/crew/crew.hpp"

namespace rollcall::server {
namespace {

using Workers = std::vector<std::unique_ptr<Worker>>;

// How long after turning a connection away the server reports not ready: the longest likely interval between
// two probes of /readyz.
constexpr seconds kTurningAwayFor{15};

WorkerFigures figures_of(const Worker& worker, std::size_t inbox, Instant now) {
  WorkerFigures figures;
  figures.life = worker.life(now);
  const auto pulse = worker.loop().pulse();
  if (pulse.state == net::Pulse::State::busy) {
    figures.turn_age = std::max(std::chrono::duration_cast<microseconds>(now - pulse.at), microseconds(0));
  }
  figures.turns = worker.loop().counters().turns.value();
  figures.connections = worker.connections();
  figures.inbox = inbox;
  return figures;
}

void add_http(std::vector<RouteCount>& out, const Workers& workers, const std::vector<Routes::Name>& names) {
  for (std::size_t route = 0; route < names.size(); ++route) {
    for (std::size_t place = 0; place < HttpCounters::kStatuses.size(); ++place) {
      std::uint64_t count = 0;
      for (const auto& worker : workers) count += worker->http_counters().value(route, place);
      if (count == 0) continue;
      out.push_back({names[route].method, names[route].pattern, HttpCounters::kStatuses[place], count});
    }
  }
}

}  // namespace

Figures Crew::figures() {
  Figures all;
  all.draining = draining();
  const std::vector<std::size_t> inboxes = bus_.inbox_sizes();
  const Instant now = net::Loop::read_clock();
  for (const auto& worker : workers_) {
    all.workers.push_back(figures_of(*worker, inboxes[worker->port().index()], now));
    all.counts += worker->counters();
    const net::LoopCounters& loop = worker->loop().counters();
    all.bytes_received += loop.bytes_received.value();
    all.bytes_sent += loop.bytes_sent.value();
    all.bytes_waiting += loop.bytes_waiting.value();
    all.turned_away += loop.unwatchable.value();
  }
  all.turning_away = admission_.descriptors_scarce();
  for (const auto& listener : listeners_) {
    all.turned_away += listener->turned_away();
    all.turning_away = all.turning_away || listener->turned_away_within(kTurningAwayFor, now);
  }
  all.memory_budget = memory_.budget.bytes();
  all.memory_full = admission_.memory() == base::MemoryLevel::full;
  add_http(all.http, workers_, routes_.names());
  return all;
}

WorkDone Crew::work_done(WorkerIndex worker) const {
  const auto microseconds_of = [](const net::Counter& counter) {
    return microseconds(static_cast<std::int64_t>(counter.value()));
  };
  const Worker& one = *workers_[worker];
  const DeliveryCounters& deliveries = one.port().deliveries();
  return {one.loop().counters().turns.total(), microseconds_of(deliveries.time), deliveries.turns.value(),
          microseconds_of(deliveries.last)};
}

}  // namespace rollcall::server
