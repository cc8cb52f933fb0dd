#include "server/crew/turn_signal.hpp"

#include "base/assert.hpp"

namespace rollcall::server {

void TurnSignal::listen(bool wanted) {
  BusPort* port = BusPort::current();
  ROLLCALL_ASSERT(port);
  net::Loop* loop = wanted ? &port->loop() : nullptr;
  if (workers_[port->index()].loop.exchange(loop) == loop) return;
  wanted ? ++listening_ : --listening_;
}

void TurnSignal::raise() {
  if (listening_ == 0) return;
  BusPort* port = BusPort::current();
  ROLLCALL_ASSERT(port);
  Worker& here = workers_[port->index()];
  if (std::exchange(here.raised, true)) return;
  port->loop().defer([this, &here] { end_of_turn(here); });
}

void TurnSignal::end_of_turn(Worker& here) {
  here.raised = false;
  for (Worker& worker : workers_) {
    if (&worker != &here) tell(worker);  // first, so that they work in parallel with this one
  }
  if (here.loop.load(std::memory_order_relaxed)) heard_();
}

void TurnSignal::tell(Worker& other) {
  net::Loop* loop = other.loop;
  if (!loop || other.told.exchange(true)) return;
  loop->post([this, &other] {
    other.told = false;  // before the callback looks: later events signal again
    heard_();
  });
}

}  // namespace rollcall::server
