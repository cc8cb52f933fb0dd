// One event loop with its own connections and sessions, on its own thread. Owned by Crew.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "net/channel.hpp"
#include "net/loop.hpp"
#include "rollcall/server.hpp"
#include "server/crew/dealer.hpp"
#include "server/crew/figures.hpp"
#include "server/engine/engine.hpp"
#include "server/http/pipe.hpp"
#include "server/http/routes.hpp"
#include "server/shared/counters.hpp"
#include "server/shared/deadline.hpp"
#include "server/sockets/bus_port.hpp"

namespace rollcall::server {

class Worker final : public Dealt {
 public:
  using MakeApp = std::function<std::unique_ptr<EngineApp>(BusPort&)>;

  Worker(const ServerOptions& options, const Routes& routes, Bus& bus, const MakeApp& make_app,
         HandOver hand_over, Admission& admission);
  ~Worker();

  void run();  // until `stop`, or the end of a drain
  // Call before it runs, whenever a route was added.
  void make_room_for(const Routes& routes) { http_counters_.make_room(routes.names().size()); }

  // From any thread: gives the worker a new connection, which may be taken back until it starts serving it.
  void deal(net::Channel channel) override;
  bool has_untaken() const override { return !dealt_.empty(); }
  std::vector<net::Channel> take_back() override;
  // From any thread: gives the worker a connection of one of its sessions. `bytes`: what has been read from
  // it.
  void hand_over(net::Channel channel, std::string bytes);
  // Connections here, including those on their way.
  std::size_t connections() const override {
    return loop_.connections() + coming_.load(std::memory_order_relaxed);
  }

  // From any thread: connections here that wait for a request, without those being closed.
  std::size_t waiting() const;
  // From any thread: closes the one that has waited longest.
  void close_waiting();
  // Being closed by that, but still counted as connections here.
  std::size_t making_room() const { return making_room_.load(std::memory_order_relaxed); }

  // Closes every session so that clients reconnect elsewhere, and stops when all connections are gone or
  // `limit` has passed. Until `all_quiet`, a connection here may have to fetch another worker's farewell.
  void drain(milliseconds limit, std::function<bool()> all_quiet);
  // From any thread: whether it is draining and its sessions are over.
  bool quiet() const { return quiet_.load(std::memory_order_relaxed); }

  // On its thread.
  void reconfigure(const ServerOptions& options);

  TransportCounts transports() const { return engine_.transports(); }
  net::Loop& loop() { return loop_; }
  const net::Loop& loop() const { return loop_; }
  BusPort& port() { return port_; }
  const BusPort& port() const { return port_; }

  // From any thread.
  const Counters& counters() const { return counters_; }
  const HttpCounters& http_counters() const { return http_counters_; }
  Life life(Instant now) const;
  // Whether its turn has lasted so long that it should not be dealt connections.
  bool late(Instant now) const override;

 private:
  void adopt(net::Channel channel, std::string bytes);
  void end_streams();
  void check_drain(Instant now);

  const ServerOptions& options_;
  std::size_t backlog_bytes_;  // of new connections
  net::Loop loop_;
  Admission& admission_;
  Counters counters_;
  HttpCounters http_counters_;
  BusPort port_;
  HttpSettings http_settings_;
  std::unique_ptr<EngineApp> app_;
  Engine engine_;
  PipeContext pipes_;
  DealtChannels dealt_;
  std::atomic<std::size_t> coming_{0};
  std::atomic<std::size_t> making_room_{0};
  std::atomic<bool> quiet_{false};
  std::unique_ptr<Deadline> drain_timer_;
  std::function<bool()> all_quiet_;
  Instant drain_end_{};
};

}  // namespace rollcall::server
