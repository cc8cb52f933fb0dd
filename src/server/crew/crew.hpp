// The workers of a server and its listener. The first worker accepts and deals out connections (`Dealer`); a
// connection whose request belongs to another worker's session is handed over.
//
// `run`, `drain`, `open` and `reload_tls` belong to the thread that calls `run`; `stop` and `post` may be
// called from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/listener.hpp"
#include "rollcall/result.hpp"
#include "rollcall/server.hpp"
#include "server/crew/dealer.hpp"
#include "server/crew/descriptor_room.hpp"
#include "server/crew/figures.hpp"
#include "server/crew/worker.hpp"
#include "server/http/routes.hpp"
#include "server/shared/admission.hpp"
#include "server/sockets/bus.hpp"

namespace rollcall::server {

class Crew {
 public:
  // `options.workers` must be resolved (not 0). The options must outlive the crew.
  Crew(const ServerOptions& options, const Worker::MakeApp& make_app);

  Result<Unit, std::string> open();
  // The bound addresses, in the order of ServerOptions::listen.
  const std::vector<std::string>& addresses() const { return addresses_; }
  Result<Unit, std::string> reload_tls();
  void set_tls(const std::shared_ptr<net::TlsContext>& tls);
  // From any thread. See Server::reconfigure.
  void reconfigure(const ServerOptions& options);
  void run();
  void drain(milliseconds limit);
  void stop();

  Bus& bus() { return bus_; }
  Routes& routes() { return routes_; }
  void add_route(std::string_view method, std::string_view pattern, HttpHandler handler, HttpGuard guard);
  Worker& first() { return *workers_.front(); }
  // From any thread: runs `task` on each worker's thread.
  void post_to_all(const std::function<void(unsigned)>& task);
  std::size_t connections() const;
  TransportCounts transports() const;
  // From any thread.
  Figures figures();
  bool draining() const { return draining_.load(std::memory_order_relaxed); }
  WorkDone work_done(WorkerIndex worker) const;
  void on_turn_end(WorkerIndex worker, std::function<void(microseconds)> watcher);
  // The loop of this thread's worker; null on other threads.
  net::Loop* loop_here() const;
  std::optional<WorkerIndex> worker_here() const;
  bool running() const { return running_; }

 private:
  BusPort* port_here() const;
  void let_in(net::Channel channel);
  void watch_dealt();
  void prune();
  void watch_resources();  // memory and descriptors
  void watch_descriptors();
  void count_other_descriptors();
  Worker* with_most_waiting() const;
  Result<std::shared_ptr<net::TlsContext>, std::string> load_tls() const;

  const ServerOptions& options_;
  Routes routes_;
  Bus bus_;
  Admission admission_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<Dealer> dealer_;
  std::unique_ptr<Deadline> dealt_timer_;  // armed while a dealt connection is not taken
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  struct Memory {
    explicit Memory(std::size_t bytes) : budget(bytes) {}
    base::MemoryBudget budget;
    std::unique_ptr<Deadline> timer;
  };
  Memory memory_;
  std::unique_ptr<Deadline> prune_timer_;  // forgets what is too old while nothing else happens
  std::vector<std::string> addresses_;
  DescriptorRoom descriptors_;
  bool running_ = false;
  std::atomic<bool> draining_{false};
};

}  // namespace rollcall::server
