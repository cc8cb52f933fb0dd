#include "gateway/presence_gateway.hpp"

#include <algorithm>
#include <unordered_set>

#include "api/replies.hpp"
#include "base/log.hpp"
#include "gateway/token_source.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;

// A user's id is the name of the room of their connections. A byte that no UTF-8 text contains keeps the
// rooms of watchers apart from those, whatever ids there are.
constexpr std::string_view kWatchPrefix = "\xFF";
constexpr std::size_t kMaxWatched = 10'000;  // users one connection may watch
constexpr const char* kAuthenticationFailed = "Authentication failed";
constexpr const char* kTooManyConnections = "TOO_MANY_CONNECTIONS";
constexpr std::string_view kGoodbye = "client namespace disconnect";
constexpr std::string_view kThrownOut = "server namespace disconnect";

std::string watch_room(std::string_view user_id) {
  return std::string(kWatchPrefix) += user_id;
}

std::size_t count_watched(const Socket& socket) {
  const auto rooms = socket.rooms();
  return static_cast<std::size_t>(std::count_if(
      rooms.begin(), rooms.end(), [](const std::string& room) { return room.starts_with(kWatchPrefix); }));
}

// How many of the users the socket does not watch yet: clients subscribe again whenever they have connected.
std::size_t count_new(const Socket& socket, const std::vector<std::string>& user_ids) {
  std::unordered_set<std::string> unwatched;
  for (const std::string& user_id : user_ids) unwatched.insert(watch_room(user_id));
  for (const std::string& room : socket.rooms()) unwatched.erase(room);
  return unwatched.size();
}

}  // namespace

PresenceGateway::PresenceGateway(Server& server, const Config& config,
                                 std::shared_ptr<const Verifier> verifier)
    : server_(server),
      config_(config),
      verifier_(std::move(verifier)),
      limits_{config.presence.max_batch_ids, config.presence.max_online_list, config.limits.event_bytes},
      core_({config.presence.offline_grace, config.limits.connections_per_user}) {
  for (const std::string& name : config_.socketio.namespaces) set_up(server_.of(name));
}

void PresenceGateway::set_up(Namespace& nsp) {
  namespaces_.push_back(&nsp);
  nsp.use([this](Socket& socket, const Next& next) { authenticate(socket, next); });
  nsp.on_connection([this](Socket& socket) { connected(socket); });
  nsp.on_disconnect([this](Socket& socket, std::string_view reason) { disconnected(socket, reason); });
  nsp.on_any([this](Socket& socket, std::string_view event, const Payload& payload, Ack ack) {
    received(socket, event, payload, ack);
  });
}

void PresenceGateway::authenticate(Socket& socket, const Next& next) {
  const WallTime now = server_.wall_now();
  const auto refuse = [&](const char* code, const std::string& details) {
    log::info("connection refused",
              {{"code", code}, {"details", details}, {"address", socket.handshake().address}});
    next(ConnectError{kAuthenticationFailed, api::auth_error_data(code, details, now)});
  };
  const std::string token = find_token(socket.auth(), socket.handshake());
  auto claims = token.empty()
                    ? Result<Claims, AuthFault>(fail(AuthFault{
                          AuthCode::missing_token,
                          "No token was given: pass it as auth.token, as an Authorization header, or as the "
                          "query parameter or cookie of the contract"}))
                    : verifier_->verify(token, now);
  if (!claims) {
    refuse(api::name_of(claims.error().code), claims.error().details);
    return;
  }
  if (!core_.may_connect(claims->subject)) {
    refuse(kTooManyConnections, "This user has as many connections as are allowed (" +
                                    std::to_string(config_.limits.connections_per_user) + ")");
    return;
  }
  socket.owner = claims->subject;
  socket.data = std::make_shared<Member>(std::move(*claims), config_.limits.event_burst, server_.now());
  next(std::nullopt);
}

void PresenceGateway::connected(Socket& socket) {
  Member& member = member_of(socket);
  member.connection = next_connection_++;
  socket.join(member.claims.subject);
  watch_expiry(socket, member);
  log::debug("connected", {{"socket", socket.id()},
                           {"transport", socket.transport()},
                           {"recovered", socket.recovered()},
                           {"address", socket.handshake().address}});
  // First the connection's own greeting, then the news for the others.
  socket.emit(
      api::kConnectedEvent,
      {api::connected(member.claims.subject, socket.id(), server_.wall_now(), socket.recovered()), {}});
  apply(presence::Connect{member.connection,
                          member.claims.subject,
                          {member.claims.email, member.claims.role, member.claims.name}});
}

void PresenceGateway::disconnected(Socket& socket, std::string_view reason) {
  Member& member = member_of(socket);
  member.expiry.reset();
  log::debug("disconnected", {{"socket", socket.id()}, {"reason", reason}});
  if (reason == "slow consumer") {
    log::warn("slow consumer closed",
              {{"socket", socket.id()}, {"backlog_bytes", config_.limits.backlog_bytes}});
  }
  apply(presence::Disconnect{member.connection, reason == kGoodbye || reason == kThrownOut});
}

void PresenceGateway::received(Socket& socket, std::string_view event, const Payload& payload, Ack& ack) {
  Member& member = member_of(socket);
  if (!member.rate.take(config_.limits.events_per_second, config_.limits.event_burst, server_.now())) {
    refuse_request(
        socket,
        {api::ErrorCode::rate_limited, "More than " + std::to_string(config_.limits.events_per_second) +
                                           " events a second: this one was not served"},
        ack);
    return;
  }
  apply(presence::Activity{member.connection});
  auto request = api::decode(event, payload.args, payload.attachments.size(), limits_);
  if (!request) {
    refuse_request(socket, request.error(), ack);
    return;
  }
  std::string data;
  if (const auto error = serve(socket, *request, data)) {
    refuse_request(socket, *error, ack);
  } else if (ack) {
    ack({api::ack_ok(api::reply_event(*request), data), {}});
  } else {
    socket.emit(api::reply_event(*request), {std::move(data), {}});
  }
}

void PresenceGateway::refuse_request(Socket& socket, const api::Error& error, Ack& ack) {
  if (ack) {
    ack({api::error(error), {}});
  } else if (error.code !=
             api::ErrorCode::unknown_event) {  // an event for nobody is not a fault of the client
    socket.emit(api::kExceptionEvent, {api::error(error), {}});
  }
}

std::string PresenceGateway::statuses(const std::vector<std::string>& user_ids) const {
  std::vector<presence::Status> found;
  found.reserve(user_ids.size());
  for (const std::string& user_id : user_ids) found.push_back(core_.status(user_id));
  return api::users_status(found, server_.wall_now());
}

std::optional<api::Error> PresenceGateway::serve(Socket& socket, const api::Request& request,
                                                 std::string& data) {
  const WallTime now = server_.wall_now();
  if (const auto* one = std::get_if<api::CheckUserStatus>(&request)) {
    data = api::user_status(core_.status(one->user_id), now);
  } else if (const auto* many = std::get_if<api::CheckUsersStatus>(&request)) {
    data = statuses(many->user_ids);
  } else if (const auto* list = std::get_if<api::GetOnlineUsers>(&request)) {
    auto page = core_.online(list->limit.value_or(limits_.max_online_list),
                             list->cursor ? std::optional<std::string_view>(*list->cursor) : std::nullopt);
    if (!page) return api::error_of(page.error());
    data = api::online_users(*page, now);
  } else if (std::holds_alternative<api::Heartbeat>(request)) {
    data = api::heartbeat_ack(now, core_.last_active(member_of(socket).connection).value_or(now));
  } else if (const auto* watch = std::get_if<api::SubscribePresence>(&request)) {
    if (auto error = subscribe(socket, watch->user_ids)) return error;
    data = statuses(watch->user_ids);
  } else if (const auto* unwatch = std::get_if<api::UnsubscribePresence>(&request)) {
    data = api::presence_unsubscribed(unsubscribe(socket, unwatch->user_ids), now);
  } else {
    return refresh(socket, std::get<api::RefreshToken>(request).token, data);
  }
  return std::nullopt;
}

std::optional<api::Error> PresenceGateway::subscribe(Socket& socket,
                                                     const std::vector<std::string>& user_ids) {
  if (count_watched(socket) + user_ids.size() > kMaxWatched &&
      count_watched(socket) + count_new(socket, user_ids) > kMaxWatched) {
    return api::Error{api::ErrorCode::too_many_users,
                      "A connection can watch at most " + std::to_string(kMaxWatched) + " users"};
  }
  for (const std::string& user_id : user_ids) socket.join(watch_room(user_id));
  return std::nullopt;
}

std::size_t PresenceGateway::unsubscribe(Socket& socket, const std::vector<std::string>& user_ids) {
  for (const std::string& user_id : user_ids) socket.leave(watch_room(user_id));
  return count_watched(socket);
}

std::optional<api::Error> PresenceGateway::refresh(Socket& socket, const std::string& token,
                                                   std::string& data) {
  Member& member = member_of(socket);
  const WallTime now = server_.wall_now();
  auto claims = verifier_->verify(token, now);
  if (!claims)
    return api::Error{api::ErrorCode::forbidden, "The new token was refused: " + claims.error().details};
  if (claims->subject != member.claims.subject) {
    return api::Error{api::ErrorCode::forbidden,
                      "The new token is another user's: its sub must stay the same"};
  }
  member.claims.expires_at = claims->expires_at;
  watch_expiry(socket, member);
  data = api::token_refreshed(member.claims.expires_at, now);
  return std::nullopt;
}

void PresenceGateway::watch_expiry(Socket& socket, Member& member) {
  member.expiry.reset();
  if (!member.claims.expires_at) return;
  // As when connecting, a token is good for the leeway beyond its `exp`.
  const milliseconds left = *member.claims.expires_at + config_.auth.leeway - server_.wall_now();
  member.expiry =
      server_.schedule(server_.now() + std::max(left, milliseconds{0}), [this, ref = socket.ref()] {
        if (Socket* found = ref.get()) expired(*found);
      });
}

void PresenceGateway::expired(Socket& socket) {
  Member& member = member_of(socket);
  log::info("token expired", {{"socket", socket.id()}});
  socket.emit(api::kAuthenticationErrorEvent,
              {api::auth_error_data(api::name_of(AuthCode::token_expired),
                                    "The token of this connection has expired: connect again with a new one",
                                    server_.wall_now()),
               {}});
  // The transport, not the namespace: then clients come back by themselves, with the token they have by then.
  // This may end the schedule that is running: keep it until it has.
  const auto keep = std::exchange(member.expiry, nullptr);
  socket.close_transport();
}

void PresenceGateway::apply(const presence::Command& command) {
  std::vector<presence::Effect> effects;
  core_.apply(command, server_.now(), server_.wall_now(), effects);
  broadcast(effects);
  schedule_tick();
}

void PresenceGateway::broadcast(const std::vector<presence::Effect>& effects) {
  for (const presence::Effect& effect : effects) {
    if (const auto* online = std::get_if<presence::UserOnline>(&effect)) {
      tell(online->user_id, api::kUserOnlineEvent, api::user_online(*online));
    } else {
      const auto& offline = std::get<presence::UserOffline>(effect);
      tell(offline.user_id, api::kUserOfflineEvent, api::user_offline(offline));
    }
  }
}

void PresenceGateway::tell(const std::string& user_id, std::string_view event, std::string data) {
  const Payload payload{std::move(data), {}};
  for (Namespace* nsp : namespaces_) {
    Emitter others = nsp->except(user_id);
    if (config_.presence.broadcast == "watchers") others.to(watch_room(user_id));
    others.emit(event, payload);
  }
}

void PresenceGateway::schedule_tick() {
  const auto due = core_.deadline();
  if (due == tick_at_) return;
  tick_at_ = due;
  tick_.reset();
  if (!due) return;
  tick_ = server_.schedule(*due, [this] {
    const auto keep = std::exchange(tick_, nullptr);
    tick_at_.reset();
    std::vector<presence::Effect> effects;
    core_.tick(server_.now(), server_.wall_now(), effects);
    broadcast(effects);
    schedule_tick();
  });
}

}  // namespace rollcall::gateway
