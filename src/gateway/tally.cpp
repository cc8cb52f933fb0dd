#include "gateway/tally.hpp"

namespace rollcall::gateway {
namespace {

template <class Read>
std::uint64_t sum(const std::vector<std::unique_ptr<Tally>>& tallies, Read&& read) {
  std::uint64_t all = 0;
  for (const auto& tally : tallies) all += read(*tally);
  return all;
}

template <class Kind>
std::vector<server::NamedCount> sums(auto&& sum_of) {
  std::vector<server::NamedCount> named;
  for (const std::string_view name : base::kKindNames<Kind>) named.push_back({name, sum_of(named.size())});
  return named;
}

}  // namespace

Tallies::Tallies(Server& server) {
  for (unsigned i = 0; i < server.workers(); ++i) {
    tallies_.push_back(std::make_unique<Tally>());
    server::on_turn_end(server, i,
                        [tally = tallies_.back().get()](microseconds took) { tally->turn_ended(took); });
  }
}

TallyFigures Tallies::figures() const {
  TallyFigures figures;
  figures.denials = sums<Denial>(
      [&](std::size_t i) { return sum(tallies_, [&](const Tally& t) { return t.denials(i); }); });
  figures.refusals = sums<wire::ErrorCode>(
      [&](std::size_t i) { return sum(tallies_, [&](const Tally& t) { return t.refusals(i); }); });
  figures.expired = sum(tallies_, [](const Tally& t) { return t.expired(); });
  for (std::size_t i = 0; i < Tally::kRequests; ++i) {
    TallyFigures::Event event{i < calls::kClientCalls.size() ? calls::kClientCalls[i]->event : "other", {}};
    for (const auto& tally : tallies_) event.durations += tally->durations(i);
    figures.requests.push_back(event);
  }
  return figures;
}

}  // namespace rollcall::gateway
