#include "api/replies.hpp"

#include "api/object_writer.hpp"

namespace rollcall::api {
namespace {

// Ids and times of one user, about: what a list reserves for each.
constexpr std::size_t kBytesPerUser = 192;

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
  {
    ObjectWriter writer(json);
    write(writer);
  }
  return json;
}

template <class Items, class Append>
void append_array(std::string& out, const Items& items, Append append) {
  out.reserve(out.size() + items.size() * kBytesPerUser);
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    append(item);
  }
  out += ']';
}

void write_status(ObjectWriter& writer, const presence::Status& status) {
  writer.text("userId", std::string_view(status.user_id))
      .flag("online", status.online)
      .time("lastActive", status.last_active)
      .time("connectedAt", status.connected_at);
}

void write_online_user(ObjectWriter& writer, const presence::OnlineUser& user) {
  writer.text("userId", std::string_view(user.user_id))
      .text("email", user.email)
      .text("role", user.role)
      .time("connectedAt", user.connected_at)
      .time("lastActive", user.last_active);
}

}  // namespace

const char* reply_event(const Request& request) {
  return std::visit(ReplyEvent{}, request);
}

std::string user_status(const presence::Status& status, WallTime now) {
  return object([&](ObjectWriter& writer) {
    write_status(writer, status);
    writer.time("timestamp", now);
  });
}

std::string users_status(std::span<const presence::Status> statuses, WallTime now) {
  return object([&](ObjectWriter& writer) {
    std::string& out = writer.key("statuses");
    append_array(out, statuses, [&out](const presence::Status& status) {
      ObjectWriter one(out);
      write_status(one, status);
    });
    writer.time("timestamp", now);
  });
}

std::string online_users(const presence::OnlinePage& page, WallTime now) {
  return object([&](ObjectWriter& writer) {
    std::string& out = writer.key("users");
    append_array(out, page.users, [&out](const presence::OnlineUser& user) {
      ObjectWriter one(out);
      write_online_user(one, user);
    });
    writer.number("count", page.count).time("timestamp", now);
    if (page.next_cursor) writer.text("nextCursor", page.next_cursor);
  });
}

std::string heartbeat_ack(WallTime now, WallTime last_active) {
  return object([&](ObjectWriter& writer) { writer.time("timestamp", now).time("lastActive", last_active); });
}

std::string presence_unsubscribed(std::size_t count, WallTime now) {
  return object([&](ObjectWriter& writer) { writer.number("count", count).time("timestamp", now); });
}

std::string token_refreshed(std::optional<WallTime> expires_at, WallTime now) {
  return object([&](ObjectWriter& writer) { writer.time("expiresAt", expires_at).time("timestamp", now); });
}

std::string connected(std::string_view user_id, std::string_view socket_id, WallTime now, bool recovered) {
  return object([&](ObjectWriter& writer) {
    writer.text("userId", user_id)
        .text("socketId", socket_id)
        .time("timestamp", now)
        .flag("recovered", recovered);
  });
}

std::string user_online(const presence::UserOnline& effect) {
  return object([&](ObjectWriter& writer) {
    writer.text("userId", std::string_view(effect.user_id)).flag("online", true).time("timestamp", effect.at);
  });
}

std::string user_offline(const presence::UserOffline& effect) {
  return object([&](ObjectWriter& writer) {
    writer.text("userId", std::string_view(effect.user_id))
        .flag("online", false)
        .time("timestamp", effect.at)
        .time("lastActive", effect.last_active);
  });
}

std::string ack_ok(std::string_view reply_event, std::string_view data_json) {
  std::string json;
  json.reserve(data_json.size() + reply_event.size() + 48);
  ObjectWriter(json).raw("status", "\"ok\"").text("event", reply_event).raw("data", data_json);
  return json;
}

std::string error(const Error& error) {
  return object([&](ObjectWriter& writer) {
    writer.raw("status", "\"error\"")
        .text("code", std::string_view(name_of(error.code)))
        .text("message", std::string_view(error.message));
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
