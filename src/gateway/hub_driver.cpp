#include "gateway/hub_driver.hpp"

#include <utility>

#include "gateway/random_word.hpp"
#include "server/crew/figures.hpp"

namespace rollcall::gateway {

HubDriver::HubDriver(Server& server, const presence::Settings& settings, const presence::PaceSettings& pace,
                     std::size_t feed_changes, hub::Audience& audience)
    : server_(server),
      hub_(settings, pace, audience, server.workers() + 1U),
      feed_(random_word(), feed_changes) {
  hub_.add(totals_);
  hub_.add(feed_);
}

milliseconds HubDriver::settling() const {
  const Instant now = server_.now();
  if (now >= settling_until_) return milliseconds{0};
  return std::chrono::ceil<milliseconds>(settling_until_ - now);
}

// Threads that are not workers share the last lane.
std::size_t HubDriver::reader() const {
  return server::worker_here(server_).value_or(server_.workers());
}

hub::Moment HubDriver::moment() const {
  return {server_.now(), server_.wall_now()};
}

void HubDriver::reconfigure(std::size_t connections_per_user, std::size_t feed_changes) {
  hub_.allow_connections(connections_per_user);
  hub_.exclusively([&] { feed_.begin(feed_changes); });
}

void HubDriver::await(std::optional<Instant> deadline) {
  if (!deadline) return;
  const Instant::rep due = deadline->time_since_epoch().count();
  Instant::rep awaited = awaited_;
  do {
    if (awaited <= due) return;
  } while (!awaited_.compare_exchange_weak(awaited, due));
  server_.post([this] { set_timer(); });
}

// If several calls are queued, the last one sets the earliest deadline.
void HubDriver::set_timer() {
  const Instant::rep due = awaited_;
  if (due != kNever) timer_ = server_.schedule(Instant{microseconds{due}}, [this] { tick(); });
}

void HubDriver::tick() {
  const auto keep = std::exchange(timer_, nullptr);  // it is the running one
  awaited_ = kNever;
  await(hub_.tick(moment()));
}

}  // namespace rollcall::gateway
