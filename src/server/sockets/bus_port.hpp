// A worker's end of the bus: broadcasts of its sockets and handlers go out here, and broadcasts of all
// workers come in for its own sockets. Belongs to the worker's thread.
//
// A handler's broadcast is delivered to the worker's own sockets at the end of the turn, after everything
// before it; or earlier, where the order would show: before a message to a single socket, and before a change
// of rooms
// (`sync`). So every client sees the same as if it were delivered at once.
#pragma once

#include "net/loop.hpp"
#include "server/shared/counters.hpp"
#include "server/shared/deadline.hpp"
#include "server/sockets/bus.hpp"

namespace rollcall::server {

// How much of a worker's time deliveries take: in turns that deliver, from the first delivery to the end of
// the turn, when everything has been sent.
struct DeliveryCounters {
  net::Counter time;  // microseconds
  net::Counter turns;
  net::Counter last;  // microseconds, of the last such turn
};

struct BroadcastReceiver {
  virtual void deliver(const Broadcast& broadcast) = 0;
  // Evicts the session parked there.
  virtual void drop_parked(std::uint32_t slot, std::uint32_t generation) = 0;

 protected:
  ~BroadcastReceiver() = default;
};

class BusPort {
 public:
  BusPort(Bus& bus, net::Loop& loop, Counters& counters);
  BusPort(const BusPort&) = delete;
  BusPort& operator=(const BusPort&) = delete;

  // Broadcasts. From any thread; on other threads than the worker's the message comes from no worker.
  void publish(NamespaceIndex nsp, socketio::Message message, std::size_t receivers);
  // While it lives, this thread counts as the port's worker.
  class Bound {
   public:
    explicit Bound(BusPort& port);
    ~Bound();
    Bound(const Bound&) = delete;
    Bound& operator=(const Bound&) = delete;

   private:
    BusPort* previous_;
  };
  // For code that keeps state per worker, and is called on its thread without being told which one.
  static BusPort* current();

  // Receivers must be added in the order of their namespaces' indices.
  void add_receiver(BroadcastReceiver& receiver) { receivers_.push_back(&receiver); }
  BroadcastReceiver& receiver(NamespaceIndex nsp) const { return *receivers_[nsp]; }

  // Delivers this worker's own undelivered broadcasts.
  void sync() {
    if (own_pending_) catch_up();
  }
  // Delivers everything so far.
  void catch_up() { deliver(take()); }

  // The same in two steps, for callers that must not deliver under a lock.
  Inbox take();
  Place place(NamespaceIndex nsp);
  void deliver(const Inbox& inbox);
  // See Bus; what comes before the message is delivered.
  socketio::MessageRef place_message(NamespaceIndex nsp, socketio::Message message);
  std::optional<Bus::Missed> missed(NamespaceIndex nsp, const Bus::Returning& who);

  Bus& bus() const { return bus_; }
  WorkerIndex index() const { return index_; }
  net::Loop& loop() { return loop_; }
  Counters& counters() { return counters_; }
  const DeliveryCounters& deliveries() const { return deliveries_; }  // from any thread

 private:
  void end_of_turn();
  void sent();
  void await_mark(Instant due);
  void turn_ended(microseconds took);

  Bus& bus_;
  net::Loop& loop_;
  Counters& counters_;
  WorkerIndex index_;
  std::vector<BroadcastReceiver*> receivers_;
  std::unique_ptr<Deadline> mark_timer_;  // while a mark is owed
  std::uint64_t taken_ = 0;               // broadcasts
  std::uint64_t delivered_ = 0;
  bool own_pending_ = false;
  bool end_of_turn_awaited_ = false;
  std::optional<Instant> delivering_since_;  // in this turn
  DeliveryCounters deliveries_;
};

}  // namespace rollcall::server
