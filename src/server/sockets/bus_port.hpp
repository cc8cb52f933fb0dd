// A worker's end of the bus: what its sockets and handlers broadcast goes out here, and what all workers
// broadcast comes in for its own sockets. Belongs to the worker's thread.
//
// What a handler broadcasts is delivered to the worker's own sockets at the end of the turn, with all that
// came before it; or earlier, when the order would show: before anything is sent to a single socket, or
// changes who is in which room (`sync`). So everybody sees what they would see if it were delivered at once.
#pragma once

#include "net/loop.hpp"
#include "server/shared/counters.hpp"
#include "server/shared/deadline.hpp"
#include "server/sockets/bus.hpp"

namespace rollcall::server {

// What delivering takes of a worker's time: in the turns that deliver, from the first delivery to their end,
// for then all of it has been sent.
struct DeliveryCounters {
  net::Counter time;  // microseconds
  net::Counter turns;
  net::Counter last;  // microseconds, of the last such turn
};

struct BroadcastReceiver {
  virtual void deliver(const Broadcast& broadcast) = 0;
  // The session parked there gives way to others.
  virtual void drop_parked(std::uint32_t slot, std::uint32_t generation) = 0;

 protected:
  ~BroadcastReceiver() = default;
};

class BusPort {
 public:
  BusPort(Bus& bus, net::Loop& loop, Counters& counters);
  BusPort(const BusPort&) = delete;
  BusPort& operator=(const BusPort&) = delete;

  // Broadcasts. From any thread: from another one than the worker's it is nobody's own.
  void publish(NamespaceIndex nsp, socketio::Message message, std::size_t receivers);
  // While it lives, this thread is the port's worker.
  class Bound {
   public:
    explicit Bound(BusPort& port);
    ~Bound();
    Bound(const Bound&) = delete;
    Bound& operator=(const Bound&) = delete;

   private:
    BusPort* previous_;
  };
  // For those who keep something for each worker, and are called on its thread without being told which.
  static BusPort* current();

  // Receivers must be added in the order of their namespaces' indices.
  void add_receiver(BroadcastReceiver& receiver) { receivers_.push_back(&receiver); }
  BroadcastReceiver& receiver(NamespaceIndex nsp) const { return *receivers_[nsp]; }

  // Delivers what this worker has broadcast, if it has not been yet.
  void sync() {
    if (own_pending_) catch_up();
  }
  // Delivers all there is up to now.
  void catch_up() { deliver(take()); }

  // In two steps, for who must not deliver under a lock.
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
