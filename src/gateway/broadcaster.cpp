#include "gateway/broadcaster.hpp"

#include <utility>

#include "api/replies.hpp"
#include "base/log.hpp"

namespace rollcall::gateway {

namespace log = base::log;

// Watchers are few: what they hear is live, always.
presence::PaceSettings pace_of(const PresenceSettings& settings, unsigned workers) {
  presence::PaceSettings pace;
  pace.max_window = settings.max_window;
  pace.flap_after = settings.flap_after;
  pace.by_load = settings.broadcast == "everyone";
  if (pace.by_load) pace.deliveries_per_second = settings.deliveries_per_second * workers;
  return pace;
}

void Broadcaster::publish(const presence::News& news) {
  if (const auto* online = std::get_if<presence::UserOnline>(&news)) {
    tell(*online, api::kUserOnlineEvent, api::user_online(*online));
  } else if (const auto* offline = std::get_if<presence::UserOffline>(&news)) {
    tell(*offline, api::kUserOfflineEvent, api::user_offline(*offline));
  } else {
    tell_mode(std::get<presence::ModeChanged>(news));
  }
}

// Of a user's changes those who were away are told nothing if they cancel out: but not if somebody may have
// read one of them before it was told, and so knows another state than what was told before.
template <class Change>
void Broadcaster::tell(const Change& change, std::string_view event, std::string data) {
  const Payload payload{std::move(data), {}, true};
  for (Namespace* nsp : namespaces_) {
    Emitter others = nsp->except(Room::user(change.user_id));
    if (watchers_only_) others.to(Room::watchers(change.user_id));
    change.maybe_read ? others.newest_of(change.user_id) : others.edge_of(change.user_id);
    std::move(others).emit(event, payload);
  }
}

void Broadcaster::tell_mode(const presence::ModeChanged& mode) {
  const Payload payload{api::presence_mode(mode.window, server_.wall_now()), {}, true};
  for (Namespace* nsp : namespaces_) Emitter(*nsp).newest_of({}).emit(api::kPresenceModeEvent, payload);
  server_.post([mode] {  // not under whatever lock the news is told under
    log::info("presence mode", {{"mode", api::name_of_mode(mode.window)},
                                {"window_ms", mode.window.count()},
                                {"deliveries_per_second", mode.load},
                                {"receivers", mode.receivers}});
  });
}

std::size_t Broadcaster::receivers() const {
  std::size_t sockets = 0;
  for (const Namespace* nsp : namespaces_) sockets += nsp->size();
  return sockets;
}

}  // namespace rollcall::gateway
