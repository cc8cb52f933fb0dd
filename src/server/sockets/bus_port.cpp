#include "server/sockets/bus_port.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace rollcall::server {
namespace {
thread_local BusPort* current_port = nullptr;
}

BusPort::Bound::Bound(BusPort& port) : previous_(std::exchange(current_port, &port)) {}
BusPort::Bound::~Bound() {
  current_port = previous_;
}

BusPort* BusPort::current() {
  return current_port;
}

BusPort::BusPort(Bus& bus, net::Loop& loop, Counters& counters)
    : bus_(bus),
      loop_(loop),
      counters_(counters),
      index_(bus.add_worker([this] { loop_.post([this] { catch_up(); }); },
                            [this](std::function<void(BusPort&)> task) {
                              loop_.post([this, task = std::move(task)] { task(*this); });
                            })) {
  loop_.on_turn_end([this](microseconds took) { turn_ended(took); });
}

void BusPort::turn_ended(microseconds took) {
  if (!delivering_since_) return;
  const Instant began = *std::exchange(delivering_since_, std::nullopt);
  const auto delivering =
      static_cast<std::uint64_t>(std::max(loop_.now() + took - began, microseconds{0}).count());
  deliveries_.time.add(delivering);
  deliveries_.turns.add();
  deliveries_.last.set(delivering);
}

void BusPort::publish(NamespaceIndex nsp, socketio::Message message, std::size_t receivers) {
  if (!loop_.runs_here()) {
    bus_.publish(nsp, std::move(message), receivers, std::nullopt, net::Loop::read_clock());
    return;
  }
  const auto mark_due = bus_.publish(nsp, std::move(message), receivers, index_, loop_.now());
  if (mark_due && !mark_timer_) await_mark(*mark_due);
  sent();
}

void BusPort::sent() {
  own_pending_ = true;
  if (std::exchange(end_of_turn_awaited_, true)) return;
  loop_.defer([this] { end_of_turn(); });
}

void BusPort::await_mark(Instant due) {
  mark_timer_ = std::make_unique<Deadline>([this](Instant now) {
    mark_timer_.reset();
    const auto next = bus_.publish_marks(index_, now);
    if (next) await_mark(*next);
    sent();
  });
  loop_.timers().arm(*mark_timer_, due);
}

void BusPort::end_of_turn() {
  end_of_turn_awaited_ = false;
  bus_.wake_others(index_);  // first, so that they deliver in parallel
  sync();
}

Inbox BusPort::take() {
  own_pending_ = false;
  Inbox taken = bus_.take(index_);
  taken_ += taken.size();
  return taken;
}

Place BusPort::place(NamespaceIndex nsp) {
  own_pending_ = false;
  Place place = bus_.place(nsp, index_);
  taken_ += place.before.size();
  return place;
}

socketio::MessageRef BusPort::place_message(NamespaceIndex nsp, socketio::Message message) {
  own_pending_ = false;
  Inbox before;
  auto placed = bus_.place_message(nsp, index_, std::move(message), loop_.now(), before);
  taken_ += before.size();
  deliver(before);
  return placed;
}

std::optional<Bus::Missed> BusPort::missed(NamespaceIndex nsp, const Bus::Returning& who) {
  own_pending_ = false;
  Inbox before;
  auto missed = bus_.missed(nsp, index_, who, before);
  taken_ += before.size();
  deliver(before);
  return missed;
}

void BusPort::deliver(const Inbox& inbox) {
  if (inbox.empty()) return;
  if (!delivering_since_) delivering_since_ = net::Loop::read_clock();
  for (const Broadcast& broadcast : inbox) receivers_[broadcast.nsp]->deliver(broadcast);
  delivered_ += inbox.size();
  // A delivery may cause nested deliveries; the last of them reports.
  if (delivered_ == taken_) bus_.delivered(index_, delivered_);
}

}  // namespace rollcall::server
