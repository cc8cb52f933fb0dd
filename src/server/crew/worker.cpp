#include "server/crew/worker.hpp"

#include <algorithm>

namespace rollcall::server {
namespace {
constexpr milliseconds kDrainCheck{20};
constexpr milliseconds kLate{100};
}  // namespace

Worker::Worker(const ServerOptions& options, const Routes& routes, Bus& bus, const MakeApp& make_app,
               HandOver hand_over, Admission& admission)
    : options_(options),
      backlog_bytes_(options.backlog_bytes),
      loop_(options.io_uring),
      admission_(admission),
      port_(bus, loop_, counters_),
      http_settings_(options),
      app_(make_app(port_)),
      engine_(loop_, options, http_settings_, *app_, SidScheme(port_.index(), options.workers), counters_,
              admission),
      pipes_{loop_,     engine_,   http_settings_, routes, std::move(hand_over),
             admission, counters_, http_counters_} {}

Worker::~Worker() {
  const boost::unordered_flat_set<Exchange*> open = pipes_.exchanges;
  for (Exchange* exchange : open) exchange->server_destroyed();
  pipes_.door->close();
}

void Worker::run() {
  const BusPort::Bound bound(port_);
  loop_.run();
  port_.bus().retire(port_.index());
}

Life Worker::life(Instant now) const {
  const auto pulse = loop_.pulse();
  switch (pulse.state) {
    case net::Pulse::State::not_begun:
      return Life::starting;
    case net::Pulse::State::ended:
      return Life::ended;
    case net::Pulse::State::waiting:
    case net::Pulse::State::busy:
      break;
  }
  return now - pulse.at > options_.hung_after ? Life::hung : Life::running;
}

bool Worker::late(Instant now) const {
  const auto pulse = loop_.pulse();
  return pulse.state == net::Pulse::State::busy ? now - pulse.at > std::min(kLate, options_.hung_after)
                                                : life(now) == Life::hung;
}

void Worker::reconfigure(const ServerOptions& options) {
  backlog_bytes_ = options.backlog_bytes;
  http_settings_.reconfigure(options);
  pipes_.unfinished.limit(admission_.most_unfinished_bytes());
  engine_.reconfigure(options);
}

void Worker::deal(net::Channel channel) {
  if (loop_.runs_here()) {
    adopt(std::move(channel), {});
    return;
  }
  coming_.fetch_add(1, std::memory_order_relaxed);
  dealt_.put(std::move(channel));
  loop_.post([this] {
    auto next = dealt_.take();
    if (!next) return;
    coming_.fetch_sub(1, std::memory_order_relaxed);
    adopt(std::move(*next), {});
  });
}

std::vector<net::Channel> Worker::take_back() {
  auto untaken = dealt_.take_all();
  coming_.fetch_sub(untaken.size(), std::memory_order_relaxed);
  return untaken;
}

void Worker::hand_over(net::Channel channel, std::string bytes) {
  coming_.fetch_add(1, std::memory_order_relaxed);
  // Shared because tasks must be copyable. If the loop has ended, the channel is closed.
  auto given = std::make_shared<net::Channel>(std::move(channel));
  auto take = [this, given, bytes = std::move(bytes)] {
    coming_.fetch_sub(1, std::memory_order_relaxed);
    adopt(std::move(*given), bytes);
  };
  // Not in the current turn: a GET that was given up before this request came must be known as gone, which
  // the loop notices at the start of the next turn.
  loop_.post([this, take = std::move(take)]() mutable { loop_.post(std::move(take)); });
}

std::size_t Worker::waiting() const {
  const std::size_t there = counters_.value(Count::waiting);
  return there - std::min(there, making_room());
}

void Worker::close_waiting() {
  making_room_.fetch_add(1, std::memory_order_relaxed);
  loop_.post([this] {
    making_room_.fetch_sub(1, std::memory_order_relaxed);
    Waiting* victim = pipes_.waiting.victim(loop_.now());
    if (!victim) return;
    counters_.add(Count::waiting_closed);
    victim->pipe().connection().abort();
  });
}

void Worker::adopt(net::Channel channel, std::string bytes) {
  net::Connection& connection = loop_.adopt(std::move(channel), backlog_bytes_);
  Pipe& pipe = Pipe::attach(connection, pipes_);
  if (!bytes.empty()) pipe.on_bytes({bytes.data(), bytes.size()});
}

void Worker::drain(milliseconds limit, std::function<bool()> all_quiet) {
  if (drain_timer_) return;
  all_quiet_ = std::move(all_quiet);
  port_.catch_up();  // deliver earlier broadcasts first
  engine_.close_all(engineio::CloseReason::forced_close);
  end_streams();
  drain_end_ = loop_.now() + limit;
  drain_timer_ = std::make_unique<Deadline>([this](Instant now) { check_drain(now); });
  loop_.timers().arm(*drain_timer_, loop_.now() + kDrainCheck);
}

void Worker::end_streams() {
  pipes_.draining = true;
  const boost::unordered_flat_set<Exchange*> open = pipes_.exchanges;
  for (Exchange* exchange : open) exchange->drain();
}

// Over when every session's close packet was fetched, every request answered and every connection closed.
// Connections without a session are closed once no session on any worker may need them to fetch its close
// packet.
void Worker::check_drain(Instant now) {
  if (engine_.sessions() == 0) quiet_.store(true, std::memory_order_relaxed);  // no new sessions any more
  const bool over = all_quiet_() && pipes_.exchanges.empty();
  if (over) loop_.close_connections();
  if (now >= drain_end_ || (over && connections() == 0)) {
    loop_.stop();
    return;
  }
  loop_.timers().arm(*drain_timer_, now + kDrainCheck);
}

}  // namespace rollcall::server
