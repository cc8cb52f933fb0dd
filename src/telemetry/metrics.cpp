#include "telemetry/metrics.hpp"

#include <vector>

#include "server/crew/readiness.hpp"
#include "telemetry/exposition.hpp"

namespace rollcall::telemetry {
namespace {

using server::Count;
using server::Figures;
using server::NamedCount;
using server::WorkerFigures;

void row(Exposition& out, const char* label, const std::vector<NamedCount>& counts) {
  for (const NamedCount& count : counts) out.value(count.count, {{label, count.name}});
}

void program(Exposition& out, const Sample& sample) {
  out.gauge("rollcall_build_info", "1, with the version of the program.")
      .value(1, {{"version", sample.about.version}});
  out.gauge("rollcall_ready", "1 if /readyz says ready: the server accepts connections and all workers turn.")
      .value(server::readiness_of(sample.server).ready ? 1 : 0);
  const ProcessFigures& process = sample.process;
  out.gauge("process_start_time_seconds", "When the program was started, in seconds since 1970.")
      .value(static_cast<double>(unix_ms(sample.about.started_at)) / 1000);
  out.counter("process_cpu_seconds_total", "CPU time spent, of user and system.").value(process.cpu);
  out.gauge("process_resident_memory_bytes", "Resident memory.").value(process.resident_bytes);
  out.gauge("process_virtual_memory_bytes", "Virtual memory.").value(process.virtual_bytes);
  out.gauge("process_open_fds", "File descriptors in use: one a TCP connection, and a few.")
      .value(process.open_descriptors);
  out.gauge("process_max_fds", "How many file descriptors the program may use.")
      .value(process.most_descriptors);
  out.counter("rollcall_log_lines_lost_total",
              "Lines of the log that nobody got: the reader was too slow or gone, or the disk full.")
      .value(sample.log_lines_lost);
}

void connections(Exposition& out, const Figures& server) {
  row(out.gauge("rollcall_connections", "Clients connected (Engine.IO sessions), by transport."), "transport",
      server.counts.by_kind(Count::open));
  row(out.counter("rollcall_connections_opened_total",
                  "Connections of clients, by the transport they began with."),
      "transport", server.counts.by_kind(Count::opened));
  out.counter("rollcall_connections_upgraded_total", "Connections that changed from polling to WebSocket.")
      .value(server.counts.value(Count::upgraded));
  row(out.counter("rollcall_connections_closed_total", "Connections of clients that ended, by reason."),
      "reason", server.counts.by_kind(Count::closed));
  row(out.counter("rollcall_handshakes_refused_total",
                  "Requests on the Engine.IO path that were refused, by reason."),
      "reason", server.counts.by_kind(Count::refused));
  out.counter("rollcall_connect_timeouts_total",
              "Connections closed because they joined no namespace in time.")
      .value(server.counts.value(Count::connect_timeouts));
  out.counter("rollcall_websocket_faults_total", "WebSockets failed for what they sent.")
      .value(server.counts.value(Count::broken_frames));
  std::size_t tcp = 0;
  for (const WorkerFigures& worker : server.workers) tcp += worker.connections;
  out.gauge("rollcall_tcp_connections", "TCP connections of any kind.").value(tcp);
  out.counter("rollcall_tcp_accepted_total", "TCP connections accepted.")
      .value(server.counts.value(Count::accepted));
  out.counter("rollcall_tcp_turned_away_total",
              "TCP connections for which no file descriptor, or no watch of epoll, was left.")
      .value(server.turned_away);
  out.counter("rollcall_tcp_idle_closed_total",
              "TCP connections that made no request, closed because file descriptors ran short.")
      .value(server.counts.value(Count::waiting_closed));
}

void admission(Exposition& out, const Figures& server) {
  out.counter("rollcall_newcomers_refused_total", "Connections and sessions refused, by reason.")
      .value(server.counts.value(Count::refused_by_address), {{"reason", "address"}})
      .value(server.counts.value(Count::refused_for_memory), {{"reason", "memory"}})
      .value(server.counts.value(Count::refused_for_descriptors), {{"reason", "descriptors"}});
  out.gauge("rollcall_pending_sessions", "Sessions that have joined no namespace yet.")
      .value(server.counts.value(Count::pending));
  out.counter("rollcall_pending_sessions_dropped_total", "Of those, closed because there were too many.")
      .value(server.counts.value(Count::pending_dropped));
  out.gauge("rollcall_unfinished_bytes",
            "Buffered of requests and messages that have not come whole, of senders without key or token.")
      .value(server.counts.value(Count::unfinished));
  out.counter("rollcall_unfinished_dropped_total",
              "Of those requests and messages, given up with 503 because they were too many bytes together.")
      .value(server.counts.value(Count::unfinished_dropped));
  out.gauge("rollcall_memory_budget_bytes", "Resident memory above which newcomers are refused; 0: none.")
      .value(server.memory_budget);
}

void traffic(Exposition& out, const Figures& server) {
  out.counter("rollcall_received_bytes_total", "Bytes received, as on the wire.")
      .value(server.bytes_received);
  out.counter("rollcall_sent_bytes_total", "Bytes sent, as on the wire.").value(server.bytes_sent);
  out.gauge("rollcall_backlog_bytes", "Bytes that wait to be sent, for their readers are slow.")
      .value(server.bytes_waiting);
  out.counter("rollcall_messages_received_total", "Socket.IO packets from clients.")
      .value(server.counts.value(Count::messages_received));
  out.counter("rollcall_messages_sent_total", "Socket.IO packets to clients.")
      .value(server.counts.value(Count::messages_sent));
  out.counter("rollcall_deliveries_total", "Broadcasts delivered: one for each connection that one is for.")
      .value(server.counts.value(Count::deliveries));
  std::uint64_t slow = 0;
  for (const NamedCount& reason : server.counts.by_kind(Count::closed))
    slow += reason.name == "slow consumer" ? reason.count : 0;
  out.counter(
         "rollcall_slow_consumers_total",
         "Those closed because too much waited for them: clients (socket), readers of HTTP answers (http).")
      .value(slow, {{"kind", "socket"}})
      .value(server.counts.value(Count::slow_readers), {{"kind", "http"}});
}

void sockets(Exposition& out, const Figures& server) {
  out.counter("rollcall_joins_total", "Clients let into a namespace.")
      .value(server.counts.value(Count::joined));
  row(out.counter("rollcall_disconnects_total", "Clients that left a namespace, by reason."), "reason",
      server.counts.by_kind(Count::left));
  out.counter("rollcall_recoveries_total", "Clients that wanted their session back, by what came of it.")
      .value(server.counts.value(Count::recovered), {{"outcome", "recovered"}})
      .value(server.counts.value(Count::not_recovered), {{"outcome", "failed"}});
}

void http(Exposition& out, const Figures& server) {
  out.counter(
      "rollcall_http_requests_total",
      "HTTP requests beside the Engine.IO path, by method and path of the route (empty: none fits) and "
      "status (0: another).");
  for (const server::RouteCount& route : server.http) {
    out.value(route.count,
              {{"method", route.method}, {"path", route.pattern}, {"status", std::to_string(route.status)}});
  }
}

void workers(Exposition& out, const Figures& server) {
  base::Durations lag;
  for (const WorkerFigures& worker : server.workers) lag += worker.turns;
  out.histogram(
         "rollcall_loop_lag_seconds",
         "Turns of the event loops, by how long they took: what comes in meanwhile waits so long at most.")
      .value(lag);
  const auto each = [&](Exposition& metric, auto read) {
    std::size_t index = 0;
    for (const WorkerFigures& worker : server.workers) {
      metric.value(read(worker), {{"worker", std::to_string(index++)}});
    }
  };
  each(out.counter("rollcall_worker_busy_seconds_total", "Time that the worker's loop spent in turns."),
       [](const WorkerFigures& worker) { return worker.turns.total; });
  each(out.counter("rollcall_worker_turns_total", "Turns of the worker's loop."),
       [](const WorkerFigures& worker) { return worker.turns.count(); });
  each(out.gauge("rollcall_worker_turn_age_seconds",
                 "For how long the turn has lasted that it is in; 0: it waits."),
       [](const WorkerFigures& worker) { return worker.turn_age; });
  each(out.gauge("rollcall_worker_hung", "1 if the worker does not turn: those on it are not served."),
       [](const WorkerFigures& worker) { return worker.life == server::Life::hung ? 1 : 0; });
  each(out.gauge("rollcall_worker_connections", "TCP connections of the worker."),
       [](const WorkerFigures& worker) { return worker.connections; });
  each(out.gauge("rollcall_worker_inbox_messages", "Broadcasts that the worker has still to deliver."),
       [](const WorkerFigures& worker) { return worker.inbox; });
}

void presence(Exposition& out, const gateway::PresenceFigures& presence) {
  out.gauge("rollcall_users_online", "Users online.").value(presence.online);
  out.gauge("rollcall_user_connections", "Connections of users who were let in.").value(presence.connections);
  out.counter("rollcall_presence_changes_total", "Users who went online or offline.")
      .value(presence.changes.online, {{"state", "online"}})
      .value(presence.changes.offline, {{"state", "offline"}});
  const bool live = presence.window == milliseconds(0);
  out.gauge("rollcall_presence_mode", "How changes are told: 1 at the mode that is on.")
      .value(live ? 1 : 0, {{"mode", "live"}})
      .value(live ? 0 : 1, {{"mode", "batched"}});
  out.gauge("rollcall_presence_window_seconds",
            "For how long changes are collected before they are told; 0: live.")
      .value(microseconds(presence.window));
  out.gauge("rollcall_presence_held_changes", "Changes collected, and still to be told.")
      .value(presence.held);
  row(out.counter("rollcall_auth_failures_total", "Connections not let in, by code."), "code",
      presence.denials);
  out.counter("rollcall_tokens_expired_total", "Connections closed because their token ran out.")
      .value(presence.expired);
  row(out.counter("rollcall_requests_refused_total", "Clients' requests that were refused, by code."), "code",
      presence.refusals);
  out.histogram(
      "rollcall_request_duration_seconds",
      "Clients' requests, by event: from the beginning of the turn that read it to the end of the one "
      "that sent its reply, which is the same. Event other: not understood, or above the rate.");
  for (const auto& event : presence.requests) out.value(event.durations, {{"event", event.name}});
}

void feed(Exposition& out, const Sample& sample) {
  out.counter("rollcall_feed_changes_total", "Changes put into the feed.")
      .value(sample.presence.feed_changes);
  out.gauge("rollcall_feed_readers", "Readers of the feed.").value(sample.feed_readers);
  out.counter("rollcall_webhook_requests_total", "Requests to webhooks, by outcome.")
      .value(sample.webhooks.sent, {{"outcome", "accepted"}})
      .value(sample.webhooks.failed, {{"outcome", "failed"}});
  out.counter("rollcall_webhook_retries_total", "Requests to webhooks that were made again.")
      .value(sample.webhooks.retried);
  out.counter("rollcall_webhook_dropped_changes_total",
              "Changes that a webhook was not told of, but to take a snapshot.")
      .value(sample.webhooks.dropped);
}

void reloads(Exposition& out, const ReloadFigures& reloads) {
  out.counter("rollcall_reloads_total",
              "Times that the configuration, key files or the certificate were read anew, by outcome.")
      .value(reloads.applied, {{"outcome", "applied"}})
      .value(reloads.refused, {{"outcome", "refused"}});
  out.gauge("rollcall_last_reload_successful",
            "0 if the last of those found a mistake, and what was before is still in use.")
      .value(reloads.good ? 1 : 0);
  if (!reloads.certificate_ends) return;
  out.gauge("rollcall_tls_certificate_not_after_timestamp_seconds",
            "When the TLS certificate in use ends, in seconds since 1970.")
      .value(static_cast<double>(unix_ms(*reloads.certificate_ends)) / 1000);
}

}  // namespace

std::string metrics_text(const Sample& sample) {
  Exposition out;
  program(out, sample);
  connections(out, sample.server);
  admission(out, sample.server);
  traffic(out, sample.server);
  sockets(out, sample.server);
  http(out, sample.server);
  workers(out, sample.server);
  presence(out, sample.presence);
  feed(out, sample);
  reloads(out, sample.reloads);
  return out.text();
}

}  // namespace rollcall::telemetry
