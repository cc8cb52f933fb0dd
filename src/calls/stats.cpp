#include "calls/stats.hpp"

#include <algorithm>

#include "wire/object_writer.hpp"

namespace rollcall::calls {
namespace {

template <class Write>
std::string nested(Write write) {
  std::string json;
  {
    wire::ObjectWriter writer(json);
    write(writer);
  }
  return json;
}

}  // namespace

std::string stats(const Stats& stats, WallTime now) {
  const auto uptime = std::chrono::duration_cast<seconds>(std::max(now, stats.started_at) - stats.started_at);
  return nested([&](wire::ObjectWriter& writer) {
    writer.text("version", stats.version)
        .time("startedAt", stats.started_at)
        .number("uptimeSeconds", static_cast<std::size_t>(uptime.count()))
        .number("online", stats.online)
        .number("connections", stats.connections);
    writer.raw("transports", nested([&](wire::ObjectWriter& transports) {
                 transports.number("polling", stats.polling).number("websocket", stats.websocket);
               }));
    writer.number("workers", stats.workers).flag("ready", stats.ready);
    writer.raw("changes", nested([&](wire::ObjectWriter& changes) {
                 changes.number("online", stats.went_online).number("offline", stats.went_offline);
               }));
    writer.raw("feed", nested([&](wire::ObjectWriter& feed) { feed.number("readers", stats.feed_readers); }));
    writer.time("timestamp", now).settling(stats.settling);
  });
}

}  // namespace rollcall::calls
