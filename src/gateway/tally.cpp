#include "gateway/tally.hpp"

#include "calls/table.hpp"
#include "wire/events.hpp"

namespace rollcall::gateway {
namespace {

template <class Read>
std::uint64_t sum(const std::vector<std::unique_ptr<Tally>>& tallies, Read&& read) {
  std::uint64_t all = 0;
  for (const auto& tally : tallies) all += read(*tally);
  return all;
}

}  // namespace

std::string_view name_of(Denial denial) {
  switch (denial) {
    case Denial::missing_token:
      return wire::name_of(AuthCode::missing_token);
    case Denial::invalid_token:
      return wire::name_of(AuthCode::invalid_token);
    case Denial::token_expired:
      return wire::name_of(AuthCode::token_expired);
    case Denial::too_many_connections:
      break;
  }
  return "TOO_MANY_CONNECTIONS";
}

Tallies::Tallies(Server& server) {
  for (unsigned i = 0; i < server.workers(); ++i) {
    tallies_.push_back(std::make_unique<Tally>());
    server::on_turn_end(server, i,
                        [tally = tallies_.back().get()](microseconds took) { tally->turn_ended(took); });
  }
}

TallyFigures Tallies::figures() const {
  TallyFigures figures;
  for (std::size_t i = 0; i < Tally::kDenials; ++i) {
    figures.denials.push_back(
        {name_of(static_cast<Denial>(i)), sum(tallies_, [&](const Tally& t) { return t.denials(i); })});
  }
  for (std::size_t i = 0; i < Tally::kRefusals; ++i) {
    figures.refusals.push_back({wire::name_of(static_cast<wire::ErrorCode>(i)),
                                sum(tallies_, [&](const Tally& t) { return t.refusals(i); })});
  }
  figures.expired = sum(tallies_, [](const Tally& t) { return t.expired(); });
  const auto calls = calls::of_clients();
  for (std::size_t i = 0; i < Tally::kRequests; ++i) {
    TallyFigures::Event event{i < calls.size() ? calls[i]->event : "other", {}};
    for (const auto& tally : tallies_) event.durations += tally->durations(i);
    figures.requests.push_back(event);
  }
  return figures;
}

}  // namespace rollcall::gateway
