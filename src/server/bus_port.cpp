#include "server/bus_port.hpp"

#include <chrono>

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
      index_(bus.add_worker([this] { loop_.post([this] { catch_up(); }); })) {}

void BusPort::publish(Bus& bus, NamespaceIndex nsp, socketio::Message message, bool is_volatile) {
  BusPort* port = current_port && &current_port->bus_ == &bus ? current_port : nullptr;
  if (!port) {
    bus.publish(nsp, std::move(message), is_volatile, std::nullopt, net::Loop::read_clock());
    return;
  }
  bus.publish(nsp, std::move(message), is_volatile, port->index_, port->loop_.now());
  port->own_pending_ = true;
  if (std::exchange(port->end_of_turn_awaited_, true)) return;
  port->loop_.defer([port] { port->end_of_turn(); });
}

void BusPort::end_of_turn() {
  end_of_turn_awaited_ = false;
  bus_.wake_others(index_);  // first: they can deliver while this worker does
  sync();
}

Inbox BusPort::take() {
  own_pending_ = false;
  return bus_.take(index_);
}

Place BusPort::take_place(NamespaceIndex nsp) {
  own_pending_ = false;
  return bus_.take_place(index_, nsp);
}

void BusPort::deliver(const Inbox& inbox) {
  for (const Broadcast& broadcast : inbox) receivers_[broadcast.nsp]->deliver(broadcast);
}

}  // namespace rollcall::server
