// Accepts TCP connections on one address. A full descriptor table costs a client its connection and is
// reported, at most once a second; it never spins.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "net/channel.hpp"
#include "net/counter.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "rollcall/result.hpp"

namespace rollcall::net {

struct ListenerOptions {
  std::string address;  // "0.0.0.0:3000", "[::]:3000", "localhost:3000"; port 0 picks a free one
  std::shared_ptr<TlsContext> tls;
  std::function<void()> on_descriptors_exhausted;
};

// Gets each connection, to give it to a loop: this one or another.
using AcceptHandler = std::function<void(Channel)>;

class Listener final : public EventSource {
 public:
  static Result<std::unique_ptr<Listener>, std::string> open(Loop& loop, ListenerOptions options,
                                                             AcceptHandler handler);
  Listener(Loop& loop, int descriptor, ListenerOptions options, AcceptHandler handler);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::string address() const;  // HOST:PORT as bound
  void set_tls(std::shared_ptr<TlsContext> tls) { options_.tls = std::move(tls); }
  void close();
  // At most this many per turn; 0: the default.
  void accept_slowly(int most_a_turn);
  // Connections refused because no descriptor was left. From any thread.
  std::uint64_t turned_away() const { return turned_away_.value(); }
  // Whether one was refused in the last `span` before `now`. From any thread.
  bool turned_away_within(microseconds span, Instant now) const {
    const Instant last{microseconds(static_cast<std::int64_t>(last_turned_away_us_.value()))};
    return turned_away_.value() > 0 && now - last < span;
  }

 private:
  class Pause;

  void on_events(std::uint32_t events) override;
  bool accepts() const override { return true; }
  bool accept_one();
  void accept_failed(int error);
  bool refuse_one();
  void pause();

  Loop& loop_;
  int descriptor_;
  int spare_;  // closed for a moment, to accept and refuse a connection when the descriptor table is full
  ListenerOptions options_;
  AcceptHandler handler_;
  // Doubled while turns use it up: finding that the queue is empty costs as much as accepting.
  int accepts_a_turn_ = 1;
  int most_a_turn_;
  Instant last_report_{};
  Counter turned_away_;
  Counter last_turned_away_us_;
  std::unique_ptr<Pause> pause_;
};

}  // namespace rollcall::net
