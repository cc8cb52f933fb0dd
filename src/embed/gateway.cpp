// rollcall::Gateway: gateway::PresenceGateway for C++ programs that embed it.
#include "rollcall/gateway.hpp"

#include <stdexcept>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "calls/emit.hpp"
#include "embed/callbacks.hpp"
#include "embed/keys.hpp"
#include "gateway/online_ids.hpp"
#include "gateway/presence_gateway.hpp"
#include "gateway/server_options.hpp"
#include "server/sockets/emission.hpp"

namespace rollcall {
namespace {

Config config_of(const GatewayOptions& options) {
  Config config;
  config.socketio.namespaces = options.namespaces;
  config.presence.offline_grace = options.offline_grace;
  config.presence.settling = options.settling;
  config.presence.broadcast = options.watchers_only ? "watchers" : "everyone";
  config.presence.max_batch_ids = options.max_batch_ids;
  config.presence.max_online_list = options.max_online_list;
  config.presence.deliveries_per_second = options.deliveries_per_second;
  config.presence.max_window = options.max_window;
  config.limits.events_per_second = options.events_per_second;
  config.limits.event_burst = options.event_burst;
  config.limits.connections_per_user = options.connections_per_user;
  config.limits.event_bytes = options.event_bytes;
  return config;
}

UserStatus public_status(const presence::State& status) {
  return {status.online, status.last_active, status.connected_at};
}

// Clients would take an event with one of presence's names for the real one.
void check_own(std::string_view event) {
  if (const auto refused = calls::refused_event(event)) {
    throw std::invalid_argument("rollcall::Gateway cannot emit " + base::json::quote(event) + ": " +
                                refused->message);
  }
}

}  // namespace

ServerOptions presence_server_options(std::string listen) {
  Config config;
  config.server.listen = std::move(listen);
  return gateway::server_options(config);
}

Result<VerifierPtr, std::string> load_verifier(const AuthSettings& auth, std::vector<std::string>* warnings) {
  const auto keys = embed::load_keys(auth);
  if (!keys) return fail(jwt::in_one(keys.error()));
  if (warnings) {
    const auto more = (*keys)->warnings();
    warnings->insert(warnings->end(), more.begin(), more.end());
  }
  return VerifierPtr(*keys);
}

class Gateway::Impl {
 public:
  Impl(Server& server, VerifierPtr verifier, const GatewayOptions& options)
      : presence(server, config_of(options), std::move(verifier)) {
    presence.add(callbacks);
  }

  template <typename Use>
  auto read(Use&& use) const {
    return presence.presence().read(std::forward<Use>(use));
  }

  gateway::PresenceGateway presence;
  embed::Callbacks callbacks;  // last member, destroyed first: its functions may use everything above
};

Gateway::Gateway(Server& server, VerifierPtr verifier, const GatewayOptions& options) {
  ROLLCALL_ASSERT(verifier != nullptr);
  for (const std::string& warning : verifier->warnings()) base::log::warn("key", {{"warning", warning}});
  impl_ = std::make_unique<Impl>(server, std::move(verifier), options);
}

Gateway::~Gateway() = default;

UserStatus Gateway::user_online_status(std::string_view user_id) const {
  return public_status(impl_->read([&](const presence::View& view) { return view.state(user_id); }));
}

std::vector<UserStatus> Gateway::users_online_status(const std::vector<std::string>& user_ids) const {
  std::vector<UserStatus> statuses;
  statuses.reserve(user_ids.size());
  impl_->read([&](const presence::View& view) {
    for (const std::string& user_id : user_ids) statuses.push_back(public_status(view.state(user_id)));
  });
  return statuses;
}

std::vector<std::string> Gateway::online_users() const {
  return gateway::online_ids(impl_->presence.presence());
}

std::size_t Gateway::online_user_count() const {
  return impl_->read([](const presence::View& view) { return view.online_count(); });
}

void Gateway::on(const std::string& event, EventHandler handler) {
  if (!impl_->presence.on(event, std::move(handler)))
    throw std::invalid_argument("rollcall::Gateway: " + base::json::quote(event) +
                                " is an event of presence's own");
}

Gateway::Receivers& Gateway::Receivers::to(std::string_view name) {
  return to(Room::application(name)).to(Room::user(name));
}

Gateway::Receivers& Gateway::Receivers::to(Room room) {
  rooms_.emplace_back(room);
  return *this;
}

Gateway::Receivers& Gateway::Receivers::except(std::string_view name) {
  return except(Room::application(name)).except(Room::user(name));
}

Gateway::Receivers& Gateway::Receivers::except(Room room) {
  except_.emplace_back(room);
  return *this;
}

void Gateway::Receivers::emit(std::string_view event, std::string_view json) const {
  check_own(event);
  Payload payload{std::string(json), {}};
  server::check_event(event, payload);
  payload.verified = true;
  for (Namespace* nsp : gateway_->impl_->presence.namespaces()) {
    Emitter emitter(*nsp);
    for (const RoomKey& room : rooms_) emitter.to(room);
    for (const RoomKey& room : except_) emitter.except(room);
    emitter.emit(event, payload);
  }
}

Gateway::Receivers Gateway::to(std::string_view name) const {
  return Receivers(*this).to(name);
}

Gateway::Receivers Gateway::to(Room room) const {
  return Receivers(*this).to(room);
}

Gateway::Receivers Gateway::except(std::string_view name) const {
  return Receivers(*this).except(name);
}

Gateway::Receivers Gateway::except(Room room) const {
  return Receivers(*this).except(room);
}

void Gateway::emit(std::string_view event, std::string_view json) const {
  Receivers(*this).emit(event, json);
}

void Gateway::on_user_online(std::function<void(const CameOnline&)> callback) {
  impl_->callbacks.add([callback = std::move(callback)](const presence::UserChanged& change) {
    if (presence::edge_of(change) == presence::Edge::online) callback({change.user_id, change.at});
  });
}

void Gateway::on_user_offline(std::function<void(const WentOffline&)> callback) {
  impl_->callbacks.add([callback = std::move(callback)](const presence::UserChanged& change) {
    if (presence::edge_of(change) == presence::Edge::offline)
      callback({change.user_id, change.at, *change.after.last_active});
  });
}

}  // namespace rollcall
