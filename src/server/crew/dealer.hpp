// Deals out new connections: to the worker with the fewest, skipping workers whose turn is late, which may
// hang. Connections dealt to a late worker that it has not taken are dealt again.
//
// Used on the accepting thread. Connections handed over for a session are not dealt: only the session's
// worker can serve them.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "net/channel.hpp"
#include "rollcall/time.hpp"

namespace rollcall::server {

// The dealer's view of a worker.
struct Dealt {
  virtual std::size_t connections() const = 0;  // its own, and those on their way to it
  virtual bool late(Instant now) const = 0;     // its turn takes too long
  virtual void deal(net::Channel channel) = 0;  // to be taken in a later turn
  virtual bool has_untaken() const = 0;
  virtual std::vector<net::Channel>
  take_back() = 0;  // connections it has not taken; it will not take them any more

 protected:
  ~Dealt() = default;
};

class Dealer {
 public:
  // The dealer runs on the first worker's thread.
  explicit Dealer(std::vector<Dealt*> workers) : workers_(std::move(workers)) {}

  void deal(net::Channel channel, Instant now) { choose(now).deal(std::move(channel)); }
  // Call periodically while connections are untaken: deals those of late workers again, unless all workers
  // are late.
  void deal_again(Instant now);
  bool has_untaken() const;

 private:
  Dealt& choose(Instant now) const;

  std::vector<Dealt*> workers_;
};

// Connections dealt to a worker that it has not taken. Thread-safe.
class DealtChannels {
 public:
  void put(net::Channel channel);
  std::optional<net::Channel> take();  // the oldest; absent if taken back
  std::vector<net::Channel> take_all();
  bool empty() const;

 private:
  mutable std::mutex mutex_;
  std::deque<net::Channel> channels_;
};

}  // namespace rollcall::server
