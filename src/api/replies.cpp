#include "api/replies.hpp"

#include <algorithm>
#include <array>

#include "api/object_writer.hpp"

namespace rollcall::api {
namespace {

// Ids and times of one user, about: what a list reserves for each.
constexpr std::size_t kBytesPerUser = 192;
constexpr std::size_t kTimeBytes = 26;  // with its quotes

struct ReplyEvent {
  const char* operator()(const CheckUserStatus&) const { return "user-status"; }
  const char* operator()(const CheckUsersStatus&) const { return "users-status"; }
  const char* operator()(const GetOnlineUsers&) const { return "online-users"; }
  const char* operator()(const Heartbeat&) const { return "heartbeat-ack"; }
  const char* operator()(const SubscribePresence&) const { return "presence-subscribed"; }
  const char* operator()(const UnsubscribePresence&) const { return "presence-unsubscribed"; }
  const char* operator()(const RefreshToken&) const { return "token-refreshed"; }
};

template <class Write>
std::string object(Write write) {
  std::string json;
  json.reserve(kBytesPerUser);
  {
    ObjectWriter writer(json);
    write(writer);
  }
  return json;
}

void write_status(ObjectWriter& writer, std::string_view user_id, const presence::State& status) {
  writer.text("userId", user_id)
      .flag("online", status.online)
      .time("lastActive", status.last_active)
      .time("connectedAt", status.connected_at);
}

}  // namespace

bool is_own_event(std::string_view name) {
  constexpr std::array<std::string_view, 13> kOwn = {
      kConnectedEvent,        kUserOnlineEvent,      kUserOfflineEvent, kPresenceModeEvent,
      kExceptionEvent,        "user-status",         "users-status",    "online-users",
      "heartbeat-ack",        "presence-subscribed", "token-refreshed", kAuthenticationErrorEvent,
      "presence-unsubscribed"};
  return std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end();
}

const char* reply_event(const Request& request) {
  return std::visit(ReplyEvent{}, request);
}

std::string user_status(std::string_view user_id, const presence::State& status, WallTime now,
                        std::string out) {
  {
    ObjectWriter writer(out);
    write_status(writer, user_id, status);
    writer.time("timestamp", now);
  }
  return out;
}

std::string users_status(std::span<const UserId> user_ids, std::span<const presence::State> statuses,
                         WallTime now, std::string out) {
  out.reserve(out.size() + user_ids.size() * kBytesPerUser + kBytesPerUser);
  {
    ObjectWriter writer(out);
    writer.key("statuses") += '[';
    for (std::size_t i = 0; i < user_ids.size(); ++i) {
      if (i > 0) out += ',';
      ObjectWriter one(out);
      write_status(one, user_ids[i], statuses[i]);
    }
    out += ']';
    writer.time("timestamp", now);
  }
  return out;
}

void append_online_user(std::string& out, std::string_view user_id, std::optional<std::string_view> email,
                        std::optional<std::string_view> role, WallTime connected_at, WallTime last_active) {
  ObjectWriter(out)
      .text("userId", user_id)
      .text("email", email)
      .text("role", role)
      .time("connectedAt", connected_at)
      .time("lastActive", last_active);
}

std::string online_user_end(WallTime last_active) {
  std::string end;
  append_time(end, last_active);
  end += '}';
  return end;
}

static_assert(kOnlineUserEndBytes == kTimeBytes + 1);

std::string online_users(std::string_view users, std::size_t count,
                         const std::optional<std::string>& next_cursor, WallTime now, std::string out) {
  out.reserve(out.size() + users.size() + kBytesPerUser);
  {
    ObjectWriter writer(out);
    writer.raw("users", users).number("count", count).time("timestamp", now);
    if (next_cursor) writer.text("nextCursor", std::string_view(*next_cursor));
  }
  return out;
}

std::string heartbeat_ack(WallTime now, WallTime last_active, std::string out) {
  ObjectWriter(out).time("timestamp", now).time("lastActive", last_active);
  return out;
}

std::string presence_unsubscribed(std::size_t count, WallTime now) {
  return object([&](ObjectWriter& writer) { writer.number("count", count).time("timestamp", now); });
}

std::string token_refreshed(std::optional<WallTime> expires_at, WallTime now) {
  return object([&](ObjectWriter& writer) { writer.time("expiresAt", expires_at).time("timestamp", now); });
}

std::string connected(std::string_view user_id, std::string_view socket_id, WallTime now, bool recovered,
                      milliseconds settling) {
  return object([&](ObjectWriter& writer) {
    writer.text("userId", user_id)
        .text("socketId", socket_id)
        .time("timestamp", now)
        .flag("recovered", recovered)
        .settling(settling);
  });
}

std::string_view event_of(presence::Edge edge) {
  switch (edge) {
    case presence::Edge::online:
      return kUserOnlineEvent;
    case presence::Edge::offline:
      return kUserOfflineEvent;
    case presence::Edge::none:
      return {};
  }
  return {};
}

std::string user_changed(const presence::UserChanged& change) {
  return object([&](ObjectWriter& writer) {
    writer.text("userId", std::string_view(change.user_id))
        .flag("online", change.after.online)
        .time("timestamp", change.at);
    if (!change.after.online) writer.time("lastActive", change.after.last_active);
  });
}

std::string presence_mode(milliseconds window, WallTime now) {
  return object([&](ObjectWriter& writer) {
    writer.text("mode", std::string_view(name_of_mode(window)))
        .number("windowMs", static_cast<std::size_t>(window.count()))
        .time("timestamp", now);
  });
}

const char* name_of_mode(milliseconds window) {
  return window > milliseconds{0} ? "batched" : "live";
}

std::string begin_ack_ok(std::string_view reply_event, std::string out) {
  out.reserve(kBytesPerUser + 128);  // what most replies take in all
  out.append("{\"status\":\"ok\",\"event\":\"").append(reply_event).append("\",\"data\":");
  return out;
}

std::string error(const Error& error) {
  return object([&](ObjectWriter& writer) {
    writer.raw("status", "\"error\"")
        .text("code", std::string_view(name_of(error.code)))
        .text("message", std::string_view(error.message));
  });
}

std::string online_count(std::size_t count, WallTime now) {
  return object([&](ObjectWriter& writer) { writer.number("count", count).time("timestamp", now); });
}

std::string emitted(std::size_t delivered, bool online) {
  return object([&](ObjectWriter& writer) { writer.number("delivered", delivered).flag("online", online); });
}

std::string emitted_to_many(std::size_t delivered, std::size_t online) {
  return object(
      [&](ObjectWriter& writer) { writer.number("delivered", delivered).number("online", online); });
}

std::string stats(const Stats& stats, WallTime now) {
  const auto uptime = std::chrono::duration_cast<seconds>(std::max(now, stats.started_at) - stats.started_at);
  return object([&](ObjectWriter& writer) {
    writer.text("version", stats.version)
        .time("startedAt", stats.started_at)
        .number("uptimeSeconds", static_cast<std::size_t>(uptime.count()))
        .number("online", stats.online)
        .number("connections", stats.connections);
    writer.raw("transports", object([&](ObjectWriter& transports) {
                 transports.number("polling", stats.polling).number("websocket", stats.websocket);
               }));
    writer.number("workers", stats.workers).flag("ready", stats.ready);
    writer.raw("changes", object([&](ObjectWriter& changes) {
                 changes.number("online", stats.went_online).number("offline", stats.went_offline);
               }));
    writer.raw("feed", object([&](ObjectWriter& feed) { feed.number("readers", stats.feed_readers); }));
    writer.time("timestamp", now).settling(stats.settling);
  });
}

const char* name_of(AuthCode code) {
  switch (code) {
    case AuthCode::missing_token:
      return "MISSING_AUTH_TOKEN";
    case AuthCode::invalid_token:
      return "INVALID_TOKEN";
    case AuthCode::token_expired:
      return "TOKEN_EXPIRED";
  }
  return "INVALID_TOKEN";
}

std::string auth_error_data(std::string_view code, std::string_view details, WallTime now) {
  return object([&](ObjectWriter& writer) {
    writer.text("code", code).text("details", details).time("timestamp", now);
  });
}

}  // namespace rollcall::api
