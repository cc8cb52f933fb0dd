#include "gateway/broadcaster.hpp"

#include <utility>

#include "base/log.hpp"
#include "server/crew/figures.hpp"
#include "wire/events.hpp"

namespace rollcall::gateway {

namespace log = base::log;

// With watchers only, receivers are few: always live.
presence::PaceSettings pace_of(const PresenceSettings& settings, unsigned workers) {
  presence::PaceSettings pace;
  pace.max_window = settings.max_window;
  pace.flap_after = settings.flap_after;
  pace.by_load = settings.broadcast == "everyone";
  if (pace.by_load) pace.deliveries_per_second = settings.deliveries_per_second * workers;
  return pace;
}

void Broadcaster::tell(const presence::Announcement& announcement) {
  if (const auto* change = std::get_if<presence::UserChanged>(&announcement)) {
    tell_change(*change);
  } else {
    tell_mode(std::get<presence::ModeChanged>(announcement));
  }
}

// A recovering client is not sent changes that cancel out, unless a reply may have revealed one of them: then
// the client may know a different state than the last one it was sent.
void Broadcaster::tell_change(const presence::UserChanged& change) {
  const std::string_view event = wire::event_of(presence::edge_of(change));
  if (event.empty()) return;
  const Payload payload{wire::user_changed(change), {}, true};
  for (Namespace* nsp : namespaces_) {
    Emitter others = nsp->except(Room::user(change.user_id));
    if (watchers_only_) others.to(Room::watchers(change.user_id));
    change.maybe_read ? others.newest_of(change.user_id) : others.edge_of(change.user_id);
    std::move(others).emit(event, payload);
  }
}

void Broadcaster::tell_mode(const presence::ModeChanged& mode) {
  const Payload payload{wire::presence_mode(mode.window, server_.wall_now()), {}, true};
  for (Namespace* nsp : namespaces_) Emitter(*nsp).newest_of({}).emit(wire::kPresenceModeEvent, payload);
  server_.post([mode] {  // not under the hub's lock
    log::info("presence mode", {{"mode", wire::name_of_mode(mode.window)},
                                {"window_ms", mode.window.count()},
                                {"deliveries_per_second", mode.load},
                                {"receivers", mode.receivers}});
  });
}

std::span<const presence::LoopWork> Broadcaster::work() {
  for (std::size_t i = 0; i < work_.size(); ++i) {
    const server::WorkDone done = server::work_done(server_, static_cast<server::WorkerIndex>(i));
    work_[i] = {done.busy, done.delivering, done.delivering_turns, done.last_delivering};
  }
  return work_;
}

std::size_t Broadcaster::receivers() const {
  std::size_t sockets = 0;
  for (const Namespace* nsp : namespaces_) sockets += nsp->size();
  return sockets;
}

}  // namespace rollcall::gateway
