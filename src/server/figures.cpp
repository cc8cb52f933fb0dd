#include "server/figures.hpp"

#include <algorithm>

#include "engineio/request.hpp"
#include "engineio/session.hpp"
#include "server/crew.hpp"

namespace rollcall::server {
namespace {

using engineio::Refusal;
using engineio::Transport;
using Workers = std::vector<std::unique_ptr<Worker>>;

// The kinds of each row, in the order of their numbers (server/counters.hpp).
const std::vector<std::string_view> kTransports = {engineio::name_of(Transport::polling),
                                                   engineio::name_of(Transport::websocket)};
const std::vector<std::string_view> kLeaves = [] {
  std::vector<std::string_view> names;
  for (std::size_t reason = 0; reason < kEndReasons; ++reason) {
    names.push_back(text_of(static_cast<EndReason>(reason)));
  }
  return names;
}();
static_assert(static_cast<std::size_t>(Count::recovered) ==
              static_cast<std::size_t>(Count::left) + kEndReasons);
const std::vector<std::string_view> kCloses(kLeaves.begin(), kLeaves.begin() + engineio::kCloseReasons);
const std::vector<std::string_view> kRefusals = {"unknown transport",    "unknown session",
                                                 "bad handshake method", "bad request",
                                                 "forbidden origin",     "unsupported version"};

// For how long a connection that was turned away makes the server one that turns connections away: as long as
// whoever asks /readyz may take until he asks again.
constexpr seconds kTurningAwayFor{15};

std::uint64_t sum(const Workers& workers, Count what, std::size_t kind = 0) {
  std::uint64_t all = 0;
  for (const auto& worker : workers) all += worker->counters().value(what, kind);
  return all;
}

std::vector<NamedCount> sums(const Workers& workers, Count row, const std::vector<std::string_view>& kinds) {
  std::vector<NamedCount> named;
  for (const std::string_view kind : kinds) named.push_back({kind, sum(workers, row, named.size())});
  return named;
}

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
    const net::LoopCounters& loop = worker->loop().counters();
    all.bytes_received += loop.bytes_received.value();
    all.bytes_sent += loop.bytes_sent.value();
    all.bytes_waiting += loop.bytes_waiting.value();
    all.turned_away += loop.unwatchable.value();
  }
  all.accepted = sum(workers_, Count::accepted);
  all.turning_away = admission_.descriptors_scarce();
  for (const auto& listener : listeners_) {
    all.turned_away += listener->turned_away();
    all.turning_away = all.turning_away || listener->turned_away_within(kTurningAwayFor, now);
  }
  all.waiting_closed = sum(workers_, Count::waiting_closed);
  all.refused_by_address = sum(workers_, Count::refused_by_address);
  all.refused_for_memory = sum(workers_, Count::refused_for_memory);
  all.refused_for_descriptors = sum(workers_, Count::refused_for_descriptors);
  all.pending = sum(workers_, Count::pending);
  all.pending_dropped = sum(workers_, Count::pending_dropped);
  all.unfinished = sum(workers_, Count::unfinished);
  all.unfinished_dropped = sum(workers_, Count::unfinished_dropped);
  all.memory_budget = memory_.budget.bytes();
  all.memory_full = admission_.memory() == base::MemoryLevel::full;
  all.open = sums(workers_, Count::open, kTransports);
  all.opened = sums(workers_, Count::opened, kTransports);
  all.upgraded = sum(workers_, Count::upgraded);
  all.closed = sums(workers_, Count::closed, kCloses);
  all.refused = sums(workers_, Count::refused, kRefusals);
  all.connect_timeouts = sum(workers_, Count::connect_timeouts);
  all.broken_frames = sum(workers_, Count::broken_frames);
  all.joined = sum(workers_, Count::joined);
  all.left = sums(workers_, Count::left, kLeaves);
  all.recovered = sum(workers_, Count::recovered);
  all.not_recovered = sum(workers_, Count::not_recovered);
  all.messages_received = sum(workers_, Count::messages_received);
  all.messages_sent = sum(workers_, Count::messages_sent);
  all.deliveries = sum(workers_, Count::deliveries);
  all.slow_readers = sum(workers_, Count::slow_readers);
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
