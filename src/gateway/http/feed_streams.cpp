#include "gateway/http/feed_streams.hpp"

#include <utility>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "server/sockets/bus_port.hpp"
#include "wire/problem.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;

constexpr const char* kRetryAfterSeconds = "10";

// Where the reader stopped. A browser's EventSource reconnects with its original URL, so the header is newer.
std::string cursor_of(const HttpRequest& request) {
  if (const auto last = request.header("last-event-id"); last && !last->empty()) return std::string(*last);
  return request.query_parameter("cursor").value_or("");
}

HttpAnswer too_many_readers() {
  const wire::Problem problem = wire::problem_of_status(
      503, "The feed has as many readers as it may have (" + std::to_string(FeedStreams::kMostReaders) + ")");
  return {problem.status,
          wire::kProblemType,
          wire::to_json(problem),
          {{"retry-after", kRetryAfterSeconds}, {"cache-control", "no-store"}}};
}

HttpAnswer stream_head() {
  // The last one tells nginx not to buffer events.
  return {200, "text/event-stream", {}, {{"cache-control", "no-store"}, {"x-accel-buffering", "no"}}};
}

}  // namespace

FeedStreams::FeedStreams(Server& server, feed::MirrorSource& source)
    : server_(server),
      source_(source),
      by_worker_(server.workers()),
      grown_(server.workers(), [this] { pump_all(); }) {}

FeedStreams::WorkerStreams& FeedStreams::here() {
  server::BusPort* port = server::BusPort::current();
  ROLLCALL_ASSERT(port);
  return by_worker_[port->index()];
}

void FeedStreams::serve(const HttpRequest& request, const HttpReply& reply) {
  if (readers_.fetch_add(1) >= kMostReaders) {
    --readers_;
    if (log::sampled(log::Level::warn, "feed reader refused", "", server_.now())) {
      log::warn("feed reader refused", {{"readers", kMostReaders}});
    }
    reply.answer(too_many_readers());
    return;
  }
  HttpStream http = reply.stream(stream_head());
  if (!http.open()) {  // HEAD, or the client is gone, or we are draining
    --readers_;
    return;
  }
  open(cursor_of(request), std::move(http));
}

void FeedStreams::open(std::string cursor, HttpStream http) {
  WorkerStreams& own = here();
  const Id id = ++own.last_id;
  Stream& stream =
      own.streams.emplace(id, Stream{feed::Reader(std::move(cursor), server_.now()), std::move(http), {}})
          .first->second;
  grown_.listen(true);  // before reading the feed, so that later changes signal
  stream.http.on_close([this, id] { remove(id); });
  await_deadline(id, stream);
  pump(id);
}

void FeedStreams::end_all() {
  while (!here().streams.empty()) {
    const auto stream = here().streams.begin();
    stream->second.http.end();
    remove(stream->first);
  }
}

void FeedStreams::pump_all() {
  WorkerStreams& own = here();
  for (auto next = own.streams.begin(); next != own.streams.end();) pump((next++)->first);
}

void FeedStreams::pump(Id id) {
  const auto found = here().streams.find(id);
  if (found == here().streams.end() || !found->second.http.open()) return;
  Stream& stream = found->second;
  stream.http.write(stream.reader.next(source_, stream.http.unsent(), server_.now(), server_.wall_now()));
  if (stream.reader.given_up()) {
    log::info("feed stream closed: reader stalled", {{"unsent", stream.http.unsent()}});
    stream.http.end();
    remove(id);
  } else if (stream.reader.waits_for_room()) {
    stream.http.when_sent([this, id] { pump(id); });
  }
}

void FeedStreams::await_deadline(Id id, Stream& stream) {
  stream.timer = server_.schedule(stream.reader.deadline(), [this, id] { on_deadline(id); });
}

// Every send postpones it; the timer is adjusted when it fires.
void FeedStreams::on_deadline(Id id) {
  pump(id);
  const auto found = here().streams.find(id);
  if (found != here().streams.end()) await_deadline(id, found->second);
}

void FeedStreams::remove(Id id) {
  WorkerStreams& own = here();
  if (own.streams.erase(id) == 0) return;
  --readers_;
  if (own.streams.empty()) grown_.listen(false);
}

}  // namespace rollcall::gateway
