// Deals new connections out to the workers: to whoever has fewest, and not to one whose turn lasts long, for
// it may hang and would serve nobody. What was dealt to such a one, and is still not taken, is dealt again.
//
// For the thread that accepts. A connection that is handed over for a session is not dealt: only its worker
// can serve it.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "net/channel.hpp"
#include "rollcall/time.hpp"

namespace rollcall::server {

// A worker, as the dealer sees it.
struct Dealt {
  virtual std::size_t connections() const = 0;  // of it, and on their way to it
  virtual bool late(Instant now) const = 0;     // its turn lasts long
  virtual void deal(net::Channel channel) = 0;  // it is to take this one, in a turn to come
  virtual bool has_untaken() const = 0;
  virtual std::vector<net::Channel> take_back() = 0;  // what it has not taken, and will not take now

 protected:
  ~Dealt() = default;
};

class Dealer {
 public:
  // The first one's thread is the dealer's.
  explicit Dealer(std::vector<Dealt*> workers) : workers_(std::move(workers)) {}

  void deal(net::Channel channel, Instant now) { choose(now).deal(std::move(channel)); }
  // To be called now and then while something is untaken: deals again what late workers have not taken, if
  // another worker is not late.
  void deal_again(Instant now);
  bool has_untaken() const;

 private:
  Dealt& choose(Instant now) const;

  std::vector<Dealt*> workers_;
};

// What was dealt to a worker and not yet taken by it. From any thread.
class DealtChannels {
 public:
  void put(net::Channel channel);
  std::optional<net::Channel> take();  // the oldest; none if they were taken back
  std::vector<net::Channel> take_all();
  bool empty() const;

 private:
  mutable std::mutex mutex_;
  std::deque<net::Channel> channels_;
};

}  // namespace rollcall::server
