#include "server/worker.hpp"

namespace rollcall::server {
namespace {
constexpr milliseconds kDrainCheck{20};
}

Worker::Worker(const ServerOptions& options, const Routes& routes, Bus& bus, const MakeApp& make_app,
               HandOver hand_over)
    : options_(options),
      loop_(options.io_uring),
      port_(bus, loop_),
      app_(make_app(port_)),
      engine_(loop_, options, *app_, SidScheme(port_.index(), options.workers)),
      pipes_{engine_, routes, std::move(hand_over)} {}

Worker::~Worker() = default;

void Worker::run() {
  const BusPort::Bound bound(port_);
  loop_.run();
}

void Worker::give(net::Channel channel, std::string bytes) {
  coming_.fetch_add(1, std::memory_order_relaxed);
  // Shared, for a task must be copyable. If the loop has ended, it is closed with it.
  auto given = std::make_shared<net::Channel>(std::move(channel));
  loop_.post([this, given, bytes = std::move(bytes)] {
    coming_.fetch_sub(1, std::memory_order_relaxed);
    adopt(std::move(*given), bytes);
  });
}

void Worker::adopt(net::Channel channel, std::string bytes) {
  net::Connection& connection = loop_.adopt(std::move(channel), options_.backlog_bytes);
  Pipe& pipe = Pipe::attach(connection, pipes_);
  if (!bytes.empty()) pipe.on_bytes({bytes.data(), bytes.size()});
}

void Worker::drain(milliseconds limit) {
  if (drain_timer_) return;
  engine_.close_all(engineio::CloseReason::forced_close);
  drain_end_ = loop_.now() + limit;
  drain_timer_ = std::make_unique<Deadline>([this](Instant now) { check_drain(now); });
  loop_.timers().arm(*drain_timer_, loop_.now() + kDrainCheck);
}

// Over when every session's farewell was fetched and every connection has closed. Connections without a
// session are closed as soon as no session may need them to fetch its farewell.
void Worker::check_drain(Instant now) {
  if (engine_.sessions() == 0) loop_.close_connections();
  if (now >= drain_end_ || (engine_.sessions() == 0 && connections() == 0)) {
    loop_.stop();
    return;
  }
  loop_.timers().arm(*drain_timer_, now + kDrainCheck);
}

}  // namespace rollcall::server
