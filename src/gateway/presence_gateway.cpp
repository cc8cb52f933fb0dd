#include "gateway/presence_gateway.hpp"

#include <algorithm>
#include <chrono>
#include <memory_resource>
#include <vector>

#include "api/replies.hpp"
#include "base/log.hpp"
#include "base/spare.hpp"
#include "gateway/endings.hpp"
#include "gateway/member.hpp"
#include "gateway/random_word.hpp"
#include "server/refusals.hpp"
#include "server/reply_place.hpp"
#include "server/socket_timers.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;

constexpr std::size_t kMaxWatched = 10'000;  // users one connection may watch
// Member has 48 bits for the number of a connection: at a million a second it lasts for nine years.
constexpr presence::ConnectionId kConnectionMask = (presence::ConnectionId{1} << 48) - 1;
// What most requests need, a hundred ids and their statuses among them; more is taken from the heap.
constexpr std::size_t kRequestMemory = 16 * 1024;
thread_local base::Spare<std::string> spare_reply;
constexpr const char* kSlowConsumer = "slow consumer closed";

std::size_t count_watched(const Socket& socket) {
  const auto rooms = socket.rooms();
  return static_cast<std::size_t>(std::count_if(
      rooms.begin(), rooms.end(), [](const RoomKey& room) { return room.kind() == RoomKind::watchers; }));
}

// Nothing is kept for nobody.
std::size_t feed_changes_of(const Config& config) {
  const bool read = !config.webhooks.urls.empty() || !config.api.keys.empty();
  return read ? config.api.feed_changes : 0;
}

}  // namespace

PresenceGateway::Member& PresenceGateway::member_of(Socket& socket) {
  static_assert(sizeof(Member) <= 88);  // there is one for every connection
  return *static_cast<Member*>(socket.data.get());
}

PresenceGateway::PresenceGateway(Server& server, const Config& config,
                                 std::shared_ptr<const Verifier> verifier)
    : server_(server),
      config_(config),
      rules_(server, rules_of(config, std::move(verifier))),
      tallies_(server),
      broadcaster_(server, config.presence.broadcast == "watchers"),
      hub_(server, {config.presence.offline_grace, config.limits.connections_per_user},
           pace_of(config.presence, server.workers()), feed_changes_of(config), broadcaster_),
      answers_(rules_.get().requests),
      started_(server.now()),
      clocks_(server.workers()),
      budgets_(random_word()) {
  hub_.settle_until(started_ + config_.presence.settling);
  for (unsigned i = 0; i < server.workers(); ++i) {
    gates_.push_back(std::make_unique<Gate>(config.limits.failures_per_address));
  }
  for (const std::string& name : config_.socketio.namespaces) set_up(server_.of(name));
  server_.post_to_all([this] { watch_clock(); });
}

std::shared_ptr<const PresenceGateway::Rules> PresenceGateway::rules_of(
    const Config& config, std::shared_ptr<const Verifier> verifier) {
  return std::make_shared<const Rules>(
      Rules{config.limits,
            {config.presence.max_batch_ids, config.presence.max_online_list, config.limits.event_bytes},
            std::move(verifier)});
}

void PresenceGateway::reconfigure(const Config& config, std::shared_ptr<const Verifier> verifier) {
  hub_.reconfigure(config.limits.connections_per_user, feed_changes_of(config));
  rules_.replace(rules_of(config, std::move(verifier)));
}

void PresenceGateway::set_up(Namespace& nsp) {
  namespaces_.push_back(&nsp);
  broadcaster_.add(nsp);
  nsp.use([this](Socket& socket, const Next& next) { authenticate(socket, next); });
  server::limit_users(nsp, user_limit());
  nsp.on_connection([this](Socket& socket) { connected(socket); });
  nsp.on_end([this](Socket& socket, EndReason reason) { disconnected(socket, reason); });
  nsp.on_any([this](Socket& socket, std::string_view event, const Payload& payload, Ack ack) {
    received(socket, event, payload, ack);
  });
}

bool PresenceGateway::on(std::string event, EventHandler handler) {
  const auto as_own = api::decode(event, "{}", 0, limits());
  if (as_own || as_own.error().code != api::ErrorCode::unknown_event) return false;
  handlers_[std::move(event)] = std::move(handler);
  return true;
}

void PresenceGateway::connected(Socket& socket) {
  Member& member = member_of(socket);
  member.connected_at(server_.now() - started_);
  member.connection = next_connection_.fetch_add(1, std::memory_order_relaxed) & kConnectionMask;
  const auto claims = std::move(member.claims);
  socket.join(Room::user(socket.owner()));
  if (socket.recovered()) member.watched = count_watched(socket) & 0xFFFF;
  watch_expiry(socket, claims->expires_at);
  log::debug("connected", {{"socket", socket.id()},
                           {"transport", socket.transport()},
                           {"recovered", socket.recovered()},
                           {"address", socket.handshake().address()}});
  // First the connection's own greeting, then the news for the others.
  server::ReplyPlace greeting(socket, false);
  greeting.emit_greeting(
      api::kConnectedEvent,
      {api::connected(socket.owner(), socket.id(), server_.wall_now(), socket.recovered(), hub_.settling()),
       {}});
  if (!socket.recovered()) greet_with_mode(socket);  // else it has what was news
  hub_.apply(presence::Connect{member.connection,
                               std::string(socket.owner()),
                               {std::move(claims->email), std::move(claims->role), std::move(claims->name)}});
}

// While the mode is live there is nothing to say. The place is taken under the lock, as the changes of the
// mode are published: so the socket hears of them in their order.
void PresenceGateway::greet_with_mode(Socket& socket) {
  std::optional<server::ReplyPlace> place;
  const milliseconds window = hub_.read([&](const presence::View& view) {
    if (view.window() > milliseconds{0}) place.emplace(socket, false);
    return view.window();
  });
  if (!place) return;
  place->emit(api::kPresenceModeEvent, {api::presence_mode(window, server_.wall_now()), {}});
}

void PresenceGateway::disconnected(Socket& socket, EndReason reason) {
  Member& member = member_of(socket);
  server::timers_of(socket).disarm(member);
  log::debug("disconnected", {{"socket", socket.id()}, {"reason", text_of(reason)}});
  if (reason == EndReason::slow_consumer &&
      log::sampled(log::Level::warn, kSlowConsumer, "", server_.now())) {
    log::warn(kSlowConsumer, {{"socket", socket.id()}, {"backlog_bytes", rules_.get().limits.backlog_bytes}});
  }
  const presence::Ending ending = member.expired ? presence::Ending::token_expired : ending_of(reason);
  hub_.apply(presence::Disconnect{member.connection, ending});
}

void PresenceGateway::received(Socket& socket, std::string_view event, const Payload& payload, Ack& ack) {
  Member& member = member_of(socket);
  Tally& tally = tallies_.here();
  const Rules& rules = rules_.get();
  UserBudget shared = user_budget(socket);
  if (const auto refusal = take_one(member, shared)) {
    tally.answered(Tally::kNoRequest);
    server::count_refusal(socket);
    refuse_request(socket, *refusal, ack);
    return;
  }
  if (const auto own = handlers_.find(event); own != handlers_.end()) {
    hub_.apply_and_read(presence::Activity{member.connection}, [](const presence::View&) {});
    own->second(socket, payload, ack);
    return;
  }
  std::byte memory[kRequestMemory];
  std::pmr::monotonic_buffer_resource resource(memory, sizeof memory);
  const auto request =
      api::decode(event, payload.args, payload.attachments.size(), rules.requests, &resource);
  tally.answered(request ? request->index() : Tally::kNoRequest);
  std::optional<server::ReplyPlace> place;
  const bool subscribes = request && std::holds_alternative<api::SubscribePresence>(*request);
  const WallTime wall = server_.wall_now();
  const PresenceAnswers::Reading reading =
      hub_.apply_and_read(presence::Activity{member.connection}, [&](const presence::View& view) {
        place.emplace(socket, subscribes);
        return request ? answers_.read(view, member.connection, *request, wall, &resource)
                       : PresenceAnswers::Reading();
      });
  charge(member, shared, payload, request ? &*request : nullptr, reading);
  place->catch_up();
  const char* reply = request ? api::reply_event(*request) : "";
  std::string begin = spare_reply.take();
  if (ack && request) begin = api::begin_ack_ok(reply, std::move(begin));
  auto data = request ? serve(socket, *request, reading, std::move(begin)) : fail(request.error());
  if (!data) {
    server::count_refusal(socket);
    refuse_request(socket, data.error(), ack);
    return;
  }
  server::count_service(socket);
  Payload answer{std::move(*data), {}, true};
  if (ack) {
    answer.args += api::kAckOkEnd;
    ack(answer);
  } else {
    place->emit(reply, answer);
  }
  if (subscribes) place->mark();
  spare_reply.give(std::move(answer.args));
}

Result<std::string, api::Error> PresenceGateway::answer(const api::Request& request) {
  const WallTime wall = server_.wall_now();
  const PresenceAnswers::Reading reading =
      hub_.read([&](const presence::View& view) { return answers_.read(view, 0, request, wall); });
  if (auto error = PresenceAnswers::error_of(reading)) return fail(std::move(*error));
  return PresenceAnswers::write(request, reading, wall);
}

PresenceGateway::Reach PresenceGateway::emit_to_user(const std::string& user_id, std::string_view event,
                                                     const Payload& payload) {
  const Reach reach = hub_.read([&](const presence::View& view) {
    return Reach{view.connections(user_id), view.state(user_id).online};
  });
  for (Namespace* nsp : namespaces_) nsp->to(Room::user(user_id)).emit(event, payload);
  return reach;
}

PresenceGateway::WideReach PresenceGateway::emit_to_users(std::span<const api::UserId> user_ids,
                                                          std::string_view event, const Payload& payload) {
  WideReach reach;
  if (user_ids.empty()) return reach;  // without a room an emitter means everyone
  hub_.read([&](const presence::View& view) {
    for (const api::UserId& user_id : user_ids) {
      reach.connections += view.connections(user_id);
      reach.online += view.state(user_id).online ? 1 : 0;
    }
  });
  for (Namespace* nsp : namespaces_) {
    Emitter emitter(*nsp);
    for (const api::UserId& user_id : user_ids) emitter.to(Room::user(user_id));
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

void PresenceGateway::refuse_request(Socket& socket, const api::Error& error, Ack& ack) {
  tallies_.here().refuse(error.code);
  if (ack) {
    ack({api::error(error), {}, true});
  } else if (error.code !=
             api::ErrorCode::unknown_event) {  // an event for nobody is not a fault of the client
    socket.emit_transient(api::kExceptionEvent, {api::error(error), {}, true});
  }
}

Result<std::string, api::Error> PresenceGateway::serve(Socket& socket, const api::Request& request,
                                                       const PresenceAnswers::Reading& reading,
                                                       std::string begin) {
  if (auto error = PresenceAnswers::error_of(reading)) return fail(std::move(*error));
  if (const auto* watch = std::get_if<api::SubscribePresence>(&request)) {
    if (auto error = subscribe(socket, watch->user_ids)) return fail(std::move(*error));
  }
  if (const auto* unwatch = std::get_if<api::UnsubscribePresence>(&request)) {
    begin += api::presence_unsubscribed(unsubscribe(socket, unwatch->user_ids), server_.wall_now());
    return begin;
  }
  if (const auto* renewal = std::get_if<api::RefreshToken>(&request)) {
    auto data = refresh(socket, renewal->token);
    if (!data) return data;
    begin += *data;
    return begin;
  }
  return PresenceAnswers::write(request, reading, server_.wall_now(), std::move(begin));
}

// Clients subscribe again whenever they have connected, so that users watched already count once. A request
// that would go over the limit changes nothing.
std::optional<api::Error> PresenceGateway::subscribe(Socket& socket, const api::UserIds& user_ids) {
  Member& member = member_of(socket);
  std::vector<std::string_view> joined;
  const bool may_be_many = member.watched + user_ids.size() > kMaxWatched;
  for (const api::UserId& user_id : user_ids) {
    if (!socket.join(Room::watchers(user_id))) continue;
    ++member.watched;
    if (!may_be_many) continue;
    joined.push_back(user_id);
    if (member.watched <= kMaxWatched) continue;
    for (const std::string_view again : joined) socket.leave(Room::watchers(again));
    member.watched = (member.watched - joined.size()) & 0xFFFF;
    return api::Error{api::ErrorCode::too_many_users,
                      "A connection can watch at most " + std::to_string(kMaxWatched) +
                          " users, and this one watches " + std::to_string(member.watched) +
                          ": unsubscribe from some first"};
  }
  return std::nullopt;
}

std::size_t PresenceGateway::unsubscribe(Socket& socket, const api::UserIds& user_ids) {
  Member& member = member_of(socket);
  for (const api::UserId& user_id : user_ids) {
    if (socket.leave(Room::watchers(user_id))) --member.watched;
  }
  return member.watched;
}

Result<std::string, api::Error> PresenceGateway::refresh(Socket& socket, const std::string& token) {
  const WallTime now = server_.wall_now();
  auto claims = rules_.get().verifier->verify(token, now);
  if (!claims) {
    return fail(
        api::Error{api::ErrorCode::forbidden, "The new token was refused: " + claims.error().details});
  }
  if (claims->subject != socket.owner()) {
    return fail(
        api::Error{api::ErrorCode::forbidden, "The new token is another user's: its sub must stay the same"});
  }
  watch_expiry(socket, claims->expires_at);
  return api::token_refreshed(claims->expires_at, now);
}

}  // namespace rollcall::gateway
