// The server's state, for backends.
#include "calls/stats.hpp"

#include "gateway/http/answers.hpp"
#include "gateway/http/http_api.hpp"
#include "server/crew/readiness.hpp"

namespace rollcall::gateway {
namespace {

void serve_stats(HttpApi& api, const HttpRequest&, const HttpReply& reply) {
  Server& server = api.server();
  const HubDriver& hub = api.gateway().presence();
  calls::Stats stats;
  stats.version = api.about().version;
  stats.started_at = api.about().started_at;
  hub.read([&](const presence::View& view) {
    stats.online = view.online_count();
    stats.connections = view.connections();
  });
  const TransportCounts transports = server.transports();
  stats.polling = transports.polling;
  stats.websocket = transports.websocket;
  stats.workers = server.workers();
  stats.ready = server::readiness_of(server::figures_of(server)).ready;
  const hub::ChangeTotals::Totals changes = hub.changes();
  stats.went_online = changes.online;
  stats.went_offline = changes.offline;
  stats.feed_readers = api.feed().readers();
  stats.settling = hub.settling();
  reply.answer(json_answer(calls::stats(stats, server.wall_now())));
}

}  // namespace

extern const ServerCall kStats{{"GET", "/api/v1/stats", calls::Scope::read, "stats"}, serve_stats};

}  // namespace rollcall::gateway
