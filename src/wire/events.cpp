#include "wire/events.hpp"

#include "wire/object_writer.hpp"
#include "wire/users.hpp"

namespace rollcall::wire {
namespace {

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

}  // namespace

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

std::string auth_error_data(std::string_view code, std::string_view details, WallTime now) {
  return object([&](ObjectWriter& writer) {
    writer.text("code", code).text("details", details).time("timestamp", now);
  });
}

}  // namespace rollcall::wire
