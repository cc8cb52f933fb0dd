// The change feed as server-sent events (`GET /api/v1/presence/feed`). feed::Reader decides what a reader is
// sent; this class owns the streams, each on the thread of the worker that has its connection.
//
// Changes wake each worker that has readers at most once per turn. Bounds: kMostReaders readers, each with
// the bounds of feed::Reader. A slow reader costs memory, but delays nobody.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "feed/reader.hpp"
#include "feed/source.hpp"
#include "rollcall/http.hpp"
#include "rollcall/server.hpp"
#include "server/crew/turn_signal.hpp"

namespace rollcall::gateway {

class FeedStreams {
 public:
  static constexpr std::size_t kMostReaders = 100;

  // `source` is a feed that is kept. Both must outlive this, and this the server's `run`. To be made before
  // that.
  FeedStreams(Server& server, feed::MirrorSource& source);
  FeedStreams(const FeedStreams&) = delete;
  FeedStreams& operator=(const FeedStreams&) = delete;

  // For HubDriver::on_feed.
  void feed_grown() { grown_.raise(); }
  // A request for the feed from someone who may read it.
  void serve(const HttpRequest& request, const HttpReply& reply);
  // Those of this thread's worker.
  void end_all();
  // From any thread.
  std::size_t readers() const { return readers_.load(std::memory_order_relaxed); }

 private:
  using Id = std::uint64_t;
  struct Stream {
    feed::Reader reader;
    HttpStream http;
    std::shared_ptr<void> timer;
  };
  // The readers of one worker, in the order in which they came.
  struct WorkerStreams {
    std::map<Id, Stream> streams;
    Id last_id = 0;
  };

  WorkerStreams& here();
  void open(std::string cursor, HttpStream http);
  void pump_all();
  void pump(Id id);
  void await_deadline(Id id, Stream& stream);
  void on_deadline(Id id);
  void remove(Id id);

  Server& server_;
  feed::MirrorSource& source_;
  std::vector<WorkerStreams> by_worker_;  // one a worker
  server::TurnSignal grown_;
  std::atomic<std::size_t> readers_{0};
};

}  // namespace rollcall::gateway
