#include "gateway/presence_gateway.hpp"

#include <optional>
#include <utility>

#include "base/log.hpp"
#include "gateway/contract/socket_caller.hpp"
#include "gateway/endings.hpp"
#include "gateway/member.hpp"
#include "server/sockets/reply_place.hpp"
#include "server/sockets/socket_timers.hpp"
#include "wire/events.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;

// Member has 48 bits for a connection's number: enough for nine years at a million per second.
constexpr presence::ConnectionId kConnectionMask = (presence::ConnectionId{1} << 48) - 1;
constexpr const char* kSlowConsumer = "slow consumer closed";

std::vector<Namespace*> namespaces_of(Server& server, const std::vector<std::string>& names) {
  std::vector<Namespace*> namespaces;
  namespaces.reserve(names.size());
  for (const std::string& name : names) namespaces.push_back(&server.of(name));
  return namespaces;
}

// Changes are kept only if something can read the feed.
std::size_t feed_changes_of(const Config& config) {
  const bool read = !config.webhooks.urls.empty() || !config.api.keys.empty();
  return read ? config.api.feed_changes : 0;
}

Login::Rules login_rules(const LimitSettings& limits, std::shared_ptr<const Verifier> verifier) {
  return {std::move(verifier), limits.failures_per_address, limits.connections_per_user};
}

Contract::Rules contract_rules(const Config& config) {
  return {EventRates(config.limits),
          {config.presence.max_batch_ids, config.presence.max_online_list, config.limits.event_bytes}};
}

}  // namespace

PresenceGateway::PresenceGateway(Server& server, const Config& config,
                                 std::shared_ptr<const Verifier> verifier)
    : server_(server),
      offline_grace_(config.presence.offline_grace),
      backlog_bytes_(config.limits.backlog_bytes),
      counters_(server),
      namespaces_(namespaces_of(server, config.socketio.namespaces)),
      broadcaster_(server, namespaces_, config.presence.broadcast == "watchers"),
      hub_(server, {config.presence.offline_grace, config.limits.connections_per_user},
           pace_of(config.presence, server.workers()), feed_changes_of(config), broadcaster_),
      online_list_(config.presence.max_online_list),
      login_(server, hub_, namespaces_, counters_, login_rules(config.limits, std::move(verifier)),
             [this](Socket& socket, Claims claims) { admit(socket, std::move(claims)); }),
      contract_(server, hub_, login_, counters_, online_list_, contract_rules(config)),
      started_(server.now()) {
  hub_.settle_until(started_ + config.presence.settling);
  for (Namespace* nsp : namespaces_) set_up(*nsp);
}

void PresenceGateway::reconfigure(const Config& config, std::shared_ptr<const Verifier> verifier) {
  hub_.reconfigure(config.limits.connections_per_user, feed_changes_of(config));
  backlog_bytes_.store(config.limits.backlog_bytes, std::memory_order_relaxed);
  login_.reconfigure(login_rules(config.limits, std::move(verifier)));
  contract_.reconfigure(contract_rules(config));
}

void PresenceGateway::set_up(Namespace& nsp) {
  login_.guard(nsp);
  nsp.on_connection([this](Socket& socket) { connected(socket); });
  nsp.on_end([this](Socket& socket, EndReason reason) { disconnected(socket, reason); });
  contract_.serve(nsp);
}

void PresenceGateway::admit(Socket& socket, Claims claims) {
  socket.data = std::make_shared<Member>(login_.expiry(), socket, std::move(claims),
                                         contract_.rules().rates.connection_burst, server_.now());
}

void PresenceGateway::connected(Socket& socket) {
  Member& member = member_of(socket);
  member.connected_at(server_.now() - started_);
  member.connection = next_connection_.fetch_add(1, std::memory_order_relaxed) & kConnectionMask;
  const auto claims = std::move(member.claims);
  socket.join(Room::user(socket.owner()));
  if (socket.recovered()) member.watched = count_watched(socket) & 0xFFFF;
  login_.watch_expiry(socket, claims->expires_at);
  log::debug("connected", {{"socket", socket.id()},
                           {"transport", socket.transport()},
                           {"recovered", socket.recovered()},
                           {"address", socket.handshake().address()}});
  // Greet the connection first, then tell the others.
  server::ReplyPlace greeting(socket, false);
  greeting.emit_greeting(
      wire::kConnectedEvent,
      {wire::connected(socket.owner(), socket.id(), server_.wall_now(), socket.recovered(), hub_.settling()),
       {}});
  if (!socket.recovered()) greet_with_mode(socket);  // a recovered client has had its missed events
  hub_.apply(presence::Connect{member.connection,
                               std::string(socket.owner()),
                               {std::move(claims->email), std::move(claims->role), std::move(claims->name)}});
}

// In live mode there is nothing to say. The place is taken under the lock under which changes of the mode are
// published, so the socket receives them in order.
void PresenceGateway::greet_with_mode(Socket& socket) {
  std::optional<server::ReplyPlace> place;
  const milliseconds window = hub_.read([&](const presence::View& view) {
    if (view.window() > milliseconds{0}) place.emplace(socket, false);
    return view.window();
  });
  if (!place) return;
  place->emit(wire::kPresenceModeEvent, {wire::presence_mode(window, server_.wall_now()), {}});
}

void PresenceGateway::disconnected(Socket& socket, EndReason reason) {
  Member& member = member_of(socket);
  server::timers_of(socket).disarm(member);
  log::debug("disconnected", {{"socket", socket.id()}, {"reason", name_of(reason)}});
  if (reason == EndReason::slow_consumer &&
      log::sampled(log::Level::warn, kSlowConsumer, "", server_.now())) {
    log::warn(kSlowConsumer,
              {{"socket", socket.id()}, {"backlog_bytes", backlog_bytes_.load(std::memory_order_relaxed)}});
  }
  const presence::Ending ending = member.expired ? presence::Ending::token_expired : ending_of(reason);
  hub_.apply(presence::Disconnect{member.connection, ending});
}

Result<std::string, wire::Error> PresenceGateway::answer(calls::Question& question) {
  const WallTime wall = server_.wall_now();
  const calls::Surroundings around{0, wall, online_list_};
  hub_.read([&](const presence::View& view) { question.look(view, around); });
  return question.answer(wall, {});
}

PresenceGateway::Reach PresenceGateway::emit_to_user(const std::string& user_id, std::string_view event,
                                                     const Payload& payload) {
  const Reach reach = hub_.read([&](const presence::View& view) {
    return Reach{view.connections(user_id), view.state(user_id).online};
  });
  for (Namespace* nsp : namespaces_) nsp->to(Room::user(user_id)).emit(event, payload);
  return reach;
}

PresenceGateway::WideReach PresenceGateway::emit_to_users(std::span<const wire::UserId> user_ids,
                                                          std::string_view event, const Payload& payload) {
  WideReach reach;
  if (user_ids.empty()) return reach;  // without a room an emitter means everyone
  hub_.read([&](const presence::View& view) {
    for (const wire::UserId& user_id : user_ids) {
      reach.connections += view.connections(user_id);
      reach.online += view.state(user_id).online ? 1 : 0;
    }
  });
  for (Namespace* nsp : namespaces_) {
    Emitter emitter(*nsp);
    for (const wire::UserId& user_id : user_ids) emitter.to(Room::user(user_id));
    std::move(emitter).emit(event, payload);
  }
  return reach;
}

PresenceGateway::WideReach PresenceGateway::emit_to_all(std::string_view event, const Payload& payload) {
  const WideReach reach = hub_.read([](const presence::View& view) {
    return WideReach{view.connections(), view.online_count()};
  });
  for (Namespace* nsp : namespaces_) nsp->emit(event, payload);
  return reach;
}

}  // namespace rollcall::gateway
