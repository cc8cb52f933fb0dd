#include "gateway/gateway_counters.hpp"

namespace rollcall::gateway {
namespace {

template <class Read>
std::uint64_t sum(const std::vector<std::unique_ptr<WorkerCounters>>& workers, Read&& read) {
  std::uint64_t all = 0;
  for (const auto& counters : workers) all += read(*counters);
  return all;
}

template <class Kind>
std::vector<server::NamedCount> sums(auto&& sum_of) {
  std::vector<server::NamedCount> named;
  named.reserve(base::kKinds<Kind>);
  for (const std::string_view name : base::kKindNames<Kind>) named.push_back({name, sum_of(named.size())});
  return named;
}

}  // namespace

GatewayCounters::GatewayCounters(Server& server) {
  for (unsigned i = 0; i < server.workers(); ++i) {
    counters_.push_back(std::make_unique<WorkerCounters>());
    server::on_turn_end(
        server, i, [counters = counters_.back().get()](microseconds took) { counters->turn_ended(took); });
  }
}

CounterFigures GatewayCounters::figures() const {
  CounterFigures figures;
  figures.denials = sums<Denial>([&](std::size_t i) {
    return sum(counters_, [&](const WorkerCounters& one) { return one.denials(i); });
  });
  figures.refusals = sums<wire::ErrorCode>([&](std::size_t i) {
    return sum(counters_, [&](const WorkerCounters& one) { return one.refusals(i); });
  });
  figures.expired = sum(counters_, [](const WorkerCounters& one) { return one.expired(); });
  for (std::size_t i = 0; i < WorkerCounters::kRequests; ++i) {
    CounterFigures::Event event{i < calls::kClientCalls.size() ? calls::kClientCalls[i]->event : "other", {}};
    for (const auto& counters : counters_) event.durations += counters->durations(i);
    figures.requests.push_back(event);
  }
  return figures;
}

}  // namespace rollcall::gateway
