#include "feed/texts.hpp"

#include "wire/object_writer.hpp"

namespace rollcall::feed {
namespace {

using wire::ObjectWriter;

void write_change(ObjectWriter& writer, const Change& change) {
  writer.text("userId", change.user_id).flag("online", change.online).time("timestamp", change.at);
  if (change.online) {
    writer.text("email", change.email).text("role", change.role).time("connectedAt", change.at);
  } else {
    writer.time("lastActive", change.last_active);
  }
}

}  // namespace

void append_webhook_event(std::string& out, std::string_view cursor, const Change& change) {
  ObjectWriter writer(out);
  writer.text("type", std::string_view(change.online ? "user.online" : "user.offline"))
      .text("cursor", cursor);
  write_change(writer, change);
}

void append_webhook_reset(std::string& out, std::string_view cursor, std::string_view reason,
                          milliseconds settling, WallTime now) {
  ObjectWriter writer(out);
  writer.text("type", std::string_view("feed.reset"))
      .text("cursor", cursor)
      .text("reason", reason)
      .time("timestamp", now)
      .settling(settling);
}

void append_feed_change(std::string& out, const Change& change) {
  ObjectWriter writer(out);
  write_change(writer, change);
}

void append_feed_reset(std::string& out, std::string_view reason, WallTime now) {
  ObjectWriter(out).text("reason", reason).time("timestamp", now);
}

void append_feed_live(std::string& out, std::size_t count, bool resumed, milliseconds settling,
                      WallTime now) {
  ObjectWriter writer(out);
  writer.number("count", count).time("timestamp", now);
  if (resumed) writer.flag("resumed", true);
  writer.settling(settling);
}

}  // namespace rollcall::feed
