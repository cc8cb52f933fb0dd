#include "server/crew/crew.hpp"

#include <algorithm>
#include <latch>
#include <memory>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "net/limits.hpp"
#include "net/listeners.hpp"
#include "net/log_writer.hpp"
#include "net/memory.hpp"
#include "net/memory_keeper.hpp"
#include "net/random.hpp"
#include "net/thread.hpp"

namespace rollcall::server {
namespace {

namespace log = base::log;

constexpr seconds kPruneInterval{15};
constexpr milliseconds kResourcesInterval{200};
constexpr milliseconds kDealtInterval{100};
constexpr int kSlowAccepts = 8;  // per turn

std::size_t budget_of(const ServerOptions& options) {
  return options.memory_bytes > 0 ? options.memory_bytes : net::memory_limit() / 5 * 4;
}

std::optional<RecoverySettings> recovery_of(const ServerOptions& options) {
  if (options.recovery.count() == 0) return std::nullopt;
  RecoverySettings settings;
  settings.limits.max_age = options.recovery;
  settings.limits.max_unnoticed = options.ping_interval + options.ping_timeout;
  settings.limits.max_replay_bytes = options.backlog_bytes;  // more would end the connection
  settings.parking.max_age = options.recovery;
  settings.epoch = net::random_id(3);
  return settings;
}

// The threads of all workers but the first. If one cannot be started, those already running are stopped and
// joined.
class WorkerThreads {
 public:
  explicit WorkerThreads(const std::vector<std::unique_ptr<Worker>>& workers) : workers_(workers) {
    threads_.reserve(workers.size());
  }
  ~WorkerThreads() {
    for (std::size_t i = 1; i <= threads_.size(); ++i) workers_[i]->loop().stop();
    join();
  }
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

  // In order, from worker 1.
  void start(std::size_t index) {
    const std::string name = "worker " + std::to_string(index + 1) + " of " + std::to_string(workers_.size());
    threads_.push_back(net::start_thread(name, [worker = workers_[index].get()] { worker->run(); }));
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  const std::vector<std::unique_ptr<Worker>>& workers_;
  std::vector<std::thread> threads_;
};

}  // namespace

Crew::Crew(const ServerOptions& options, const Worker::MakeApp& make_app)
    : options_(options),
      bus_(recovery_of(options)),
      admission_(options, budget_of(options)),
      memory_(budget_of(options)) {
  bus_.on_evicted([this](const socketio::ParkPlace& place) {
    workers_[place.worker]->port().receiver(place.nsp).drop_parked(place.slot, place.generation);
  });
  routes_.body_bytes = options.max_payload_bytes;
  const HandOver hand_over = [this](WorkerIndex to, net::Channel channel, std::string bytes) {
    workers_[to]->hand_over(std::move(channel), std::move(bytes));
  };
  for (unsigned i = 0; i < options.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(options, routes_, bus_, make_app, hand_over, admission_));
  }
  std::vector<Dealt*> dealt;
  for (const auto& worker : workers_) dealt.push_back(worker.get());
  dealer_.emplace(std::move(dealt));
  dealt_timer_ = std::make_unique<Deadline>([this](Instant now) {
    dealer_->deal_again(now);
    watch_dealt();
  });
}

Result<std::shared_ptr<net::TlsContext>, std::string> Crew::load_tls() const {
  if (options_.tls_cert.empty()) return std::shared_ptr<net::TlsContext>();
  auto tls = net::TlsContext::load(options_.tls_cert, options_.tls_key);
  if (!tls) return tls;
  if (const auto warning = net::validity_warning((*tls)->validity(), net::Loop::read_wall_clock())) {
    log::warn("TLS certificate", {{"file", options_.tls_cert}, {"warning", *warning}});
  }
  return tls;
}

void Crew::add_route(std::string_view method, std::string_view pattern, HttpHandler handler,
                     HttpGuard guard) {
  routes_.add(method, pattern, std::move(handler), std::move(guard));
  for (const auto& worker : workers_) worker->make_room_for(routes_);
}

Result<Unit, std::string> Crew::open() {
  descriptors_.limit(net::raise_descriptor_limit().soft);
  auto tls = load_tls();
  if (!tls) return fail(tls.error());
  net::ListenerOptions listen;
  listen.tls = std::move(*tls);
  listen.on_descriptors_exhausted = [this] {
    count_other_descriptors();
    log::error("out of file descriptors: connections are turned away",
               {{"raise", "ulimit -n, or LimitNOFILE= of the systemd unit"}});
  };
  auto listeners = net::open_listeners(first().loop(), options_.listen, listen,
                                       [this](net::Channel channel) { let_in(std::move(channel)); });
  if (!listeners) return fail(listeners.error());
  listeners_ = std::move(*listeners);
  for (const auto& listener : listeners_) addresses_.push_back(listener->address());
  return Unit{};
}

Result<Unit, std::string> Crew::reload_tls() {
  if (listeners_.empty()) return Unit{};
  auto tls = load_tls();
  if (!tls) return fail(tls.error());
  for (const auto& listener : listeners_) listener->set_tls(*tls);
  return Unit{};
}

void Crew::set_tls(const std::shared_ptr<net::TlsContext>& tls) {
  for (const auto& listener : listeners_) listener->set_tls(tls);
}

void Crew::reconfigure(const ServerOptions& options) {
  bus_.limit_replays(options.backlog_bytes);
  const auto shared = std::make_shared<ServerOptions>(options);
  shared->workers = options_.workers;  // their number cannot change
  const auto former = admission_.reconfigure(*shared, budget_of(options));
  for (const auto& worker : workers_) {
    worker->loop().post([&worker = *worker, shared, former] { worker.reconfigure(*shared); });
  }
  first().loop().post([this, shared] { memory_.budget.resize(budget_of(*shared)); });
}

void Crew::let_in(net::Channel channel) {
  const Admission::Entry entry = admission_.add_connection(channel.peer);
  if (entry == Admission::Entry::refused) {
    first().port().counters().add(Count::refused_by_address);
    return;
  }
  channel.counted = entry == Admission::Entry::counted;
  first().port().counters().add(Count::accepted);
  watch_descriptors();
  dealer_->deal(std::move(channel), first().loop().now());
  if (!dealt_timer_->armed()) watch_dealt();
}

void Crew::watch_dealt() {
  net::Loop& loop = first().loop();
  if (dealer_->has_untaken()) loop.timers().arm(*dealt_timer_, loop.now() + kDealtInterval);
}

// Called on each accept, and by a timer: a server that is not ready may get no more connections, but must
// notice when others leave.
void Crew::watch_descriptors() {
  std::size_t all = 0, waiting = 0;
  for (const auto& worker : workers_) {
    const std::size_t its = worker->connections();
    all += its - std::min(its, worker->making_room());
    waiting += worker->waiting();
  }
  admission_.set_descriptors_scarce(descriptors_.scarce(all, waiting));
  for (const auto& listener : listeners_) listener->accept_slowly(descriptors_.tight(all) ? kSlowAccepts : 0);
  for (std::size_t excess = descriptors_.excess(all); excess > 0; --excess) {
    Worker* worker = with_most_waiting();
    if (!worker) return;
    worker->close_waiting();
  }
}

// A worker that hangs cannot close connections.
Worker* Crew::with_most_waiting() const {
  Worker* chosen = nullptr;
  std::size_t most = 0;
  const Instant now = workers_.front()->loop().now();
  for (const auto& worker : workers_) {
    const std::size_t its = worker->waiting();
    if (its <= most || worker->late(now)) continue;
    chosen = worker.get();
    most = its;
  }
  return chosen;
}

void Crew::count_other_descriptors() {
  const std::size_t open = net::open_descriptors();
  descriptors_.set_others(open - std::min(open, connections()));
}

void Crew::prune() {
  net::Loop& loop = first().loop();
  bus_.prune(loop.now());
  if (!prune_timer_) prune_timer_ = std::make_unique<Deadline>([this](Instant) { prune(); });
  loop.timers().arm(*prune_timer_, loop.now() + kPruneInterval);
}

void Crew::watch_resources() {
  net::Loop& loop = first().loop();
  const std::size_t used = net::resident_bytes();
  const base::MemoryLevel before = admission_.memory();
  const base::MemoryLevel level = memory_.budget.update(used);
  admission_.set_memory(level);
  if ((level == base::MemoryLevel::full) != (before == base::MemoryLevel::full)) {
    const bool full = level == base::MemoryLevel::full;
    log::write(full ? log::Level::error : log::Level::info,
               full ? "memory budget used up: newcomers are refused" : "memory budget kept again",
               {{"resident_bytes", used}, {"budget_bytes", memory_.budget.bytes()}});
  }
  watch_descriptors();
  if (!memory_.timer) memory_.timer = std::make_unique<Deadline>([this](Instant) { watch_resources(); });
  loop.timers().arm(*memory_.timer, loop.now() + kResourcesInterval);
}

void Crew::run() {
  const auto log_writer = net::LogWriter::lease();  // no loop may wait for the reader of the log
  const net::MemoryKeeper memory_keeper;
  running_ = true;
  count_other_descriptors();
  watch_resources();
  if (bus_.recovers()) prune();
  std::latch begun(static_cast<std::ptrdiff_t>(workers_.size()) - 1);
  WorkerThreads threads(workers_);
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    threads.start(i);
    // Counts down when the task has run or was dropped: the loop may be stopped before its first turn. Post
    // only to running loops, which drop it before the latch is destroyed.
    workers_[i]->loop().post([turn = std::shared_ptr<void>(nullptr, [&](void*) { begun.count_down(); })] {});
  }
  begun.wait();  // the first worker accepts: let no client in before all workers run
  first().run();
  threads.join();
  running_ = false;
}

void Crew::drain(milliseconds limit) {
  draining_.store(true, std::memory_order_relaxed);
  for (const auto& listener : listeners_) listener->close();
  const auto all_quiet = [this] {
    return std::all_of(workers_.begin(), workers_.end(), [](const auto& worker) { return worker->quiet(); });
  };
  for (const auto& worker : workers_) {
    if (worker->loop().runs_here()) {
      worker->drain(limit, all_quiet);  // at once: a pending request could open a session
    } else {
      worker->loop().post([&worker = *worker, limit, all_quiet] { worker.drain(limit, all_quiet); });
    }
  }
}

void Crew::stop() {
  for (const auto& worker : workers_) worker->loop().stop();
}

void Crew::post_to_all(const std::function<void(unsigned)>& task) {
  for (const auto& worker : workers_) {
    worker->loop().post([task, index = worker->port().index()] { task(index); });
  }
}

std::size_t Crew::connections() const {
  std::size_t count = 0;
  for (const auto& worker : workers_) count += worker->connections();
  return count;
}

void Crew::on_turn_end(WorkerIndex worker, std::function<void(microseconds)> watcher) {
  workers_[worker]->loop().on_turn_end(std::move(watcher));
}

TransportCounts Crew::transports() const {
  TransportCounts all;
  for (const auto& worker : workers_) {
    const TransportCounts its = worker->transports();
    all.polling += its.polling;
    all.websocket += its.websocket;
  }
  return all;
}

BusPort* Crew::port_here() const {
  BusPort* port = BusPort::current();
  return port && &port->bus() == &bus_ ? port : nullptr;
}

net::Loop* Crew::loop_here() const {
  BusPort* port = port_here();
  return port ? &port->loop() : nullptr;
}

std::optional<WorkerIndex> Crew::worker_here() const {
  BusPort* port = port_here();
  return port ? std::optional(port->index()) : std::nullopt;
}

}  // namespace rollcall::server
