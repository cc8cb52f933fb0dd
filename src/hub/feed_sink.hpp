// Appends changes to feed::Ring immediately, even those the announcer is holding back. Read it under a
// lane of the hub.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "feed/ring.hpp"
#include "hub/sink.hpp"

namespace rollcall::hub {

class FeedSink final : public Sink {
 public:
  // As feed::Ring's.
  FeedSink(std::uint64_t epoch, std::size_t limit) : feed_(epoch, limit) {}

  // Called like a sink whenever the feed has grown. Before the first command.
  void on_growth(std::function<void()> grown) { grown_.push_back(std::move(grown)); }
  // Keeps this many changes from now on, if none were kept so far. Call it while there are no readers.
  void begin(std::size_t limit) {
    if (!feed_.keeps() && limit > 0) feed_.begin(limit);
  }
  const feed::Ring& feed() const { return feed_; }

  void take(std::span<const presence::UserChanged> changes, const presence::Core& core) override;

 private:
  feed::Ring feed_;
  std::vector<std::function<void()>> grown_;
};

}  // namespace rollcall::hub
