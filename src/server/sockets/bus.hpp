// Carries broadcasts from one worker to all: each broadcast of a server gets a place in one order, and each
// worker delivers them to its own sockets in that order.
//
// Called by the workers' BusPort, and by any thread that broadcasts. One lock, held only while adding to a
// few lists; nothing is delivered under it, and an empty inbox is seen without it. Recovery relies on the
// order: an offset names a place in it, so a client may come back to any worker.
//
// Bounds: an inbox holds what was broadcast since its worker's last turn, and nothing once the worker has
// ended; messages kept for recovery are bounded by socketio::RecoveryLimits and ParkLimits.
#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcall/time.hpp"
#include "server/shared/worker_index.hpp"
#include "server/sockets/pid.hpp"
#include "socketio/message.hpp"
#include "socketio/parked_sessions.hpp"
#include "socketio/recovery.hpp"

namespace rollcall::server {

using NamespaceIndex = std::uint32_t;

class BusPort;

struct Broadcast {
  NamespaceIndex nsp = 0;
  socketio::MessageRef message;
};
using Inbox = std::vector<Broadcast>;

// A place in the order, after the message with that number: deliver `before`, then what belongs there.
struct Place {
  std::uint64_t number = 0;
  Inbox before;
};

struct RecoverySettings {
  socketio::RecoveryLimits limits;
  socketio::ParkLimits parking;
  std::string epoch = "0000";  // differs at each start: see socketio::Offsets
};

class Bus {
 public:
  explicit Bus(std::optional<RecoverySettings> recovery);
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  using Task = std::function<void(BusPort& here)>;
  using Post = std::function<void(Task)>;
  // Call before the workers run. `wake` is called from any thread when a worker's inbox is no longer empty;
  // `post` runs a task on the worker's thread.
  WorkerIndex add_worker(std::function<void()> wake, Post post = {});
  NamespaceIndex add_namespace(std::string name);

  bool recovers() const { return recovery_.has_value(); }
  WorkerIndex workers() const { return static_cast<WorkerIndex>(inboxes_.size()); }
  // From any thread. The task gets that worker's port.
  void post(WorkerIndex worker, Task task) { inboxes_[worker].post(std::move(task)); }

  // Gives the message its place, and keeps it if it may be needed for recovery. A message `from` a worker
  // wakes nobody: the worker must call `wake_others` before its turn ends, so that everything it publishes in
  // a turn reaches the others together and leaves them in one send. `receivers`: the namespace's number of
  // sockets. Returns when `publish_marks` is due, if it is.
  std::optional<Instant> publish(NamespaceIndex nsp, socketio::Message message, std::size_t receivers,
                                 std::optional<WorkerIndex> from, Instant now);
  // Sends everybody the offset after states that came without one. Returns when to call it again, if a mark
  // is still owed.
  std::optional<Instant> publish_marks(WorkerIndex from, Instant now);

  void wake_others(WorkerIndex from);

  Inbox take(WorkerIndex worker);
  // How many of the broadcasts that it took the worker has delivered.
  void delivered(WorkerIndex worker, std::uint64_t count) {
    inboxes_[worker].delivered.store(count, std::memory_order_release);
  }
  // The place after everything published so far.
  Place place(NamespaceIndex nsp, WorkerIndex worker);
  // The packet that tells its receiver that it has everything up to that number; empty if recovery is off,
  // and nothing is numbered.
  std::string mark_of(NamespaceIndex nsp, std::uint64_t number) const;
  // A message to one socket of the worker: gets its place, and is kept. Deliver `before`, then send it.
  socketio::MessageRef place_message(NamespaceIndex nsp, WorkerIndex worker, socketio::Message message,
                                     Instant now, Inbox& before);

  // What the socket in that slot, already in its rooms, has missed. Once the worker has delivered `before`,
  // this and later deliveries together contain every message exactly once. `floor` and `sent`: see
  // socketio::Offsets and Recovery. Absent if it cannot be determined.
  struct Returning {
    const socketio::Rooms& rooms;
    socketio::Rooms::Slot slot;
    std::string_view id;
    std::optional<std::string_view> offset;
    std::uint64_t floor;
    std::uint64_t sent;
  };
  struct Missed {
    std::uint64_t seen;  // what the client had seen
    std::uint64_t last;
    bool some_too_old;  // something after `seen` is no longer kept: if it was sent but not seen, it is lost
    std::vector<socketio::MessageRef> messages;
  };
  std::optional<Missed> missed(NamespaceIndex nsp, WorkerIndex worker, const Returning& who, Inbox& before);
  // False for a text that this server never sent as an offset.
  bool may_be_offset(NamespaceIndex nsp, std::optional<std::string_view> offset);

  // For clients that come back from now on: socketio::RecoveryLimits::max_replay_bytes.
  void limit_replays(std::size_t bytes);

  // Where the session of a returning client is. It may not exist.
  std::optional<SessionPlace> locate(NamespaceIndex nsp, std::string_view pid);
  // A recovered session lives elsewhere than its pid says; or has ended.
  void moved(NamespaceIndex nsp, std::string_view pid, SessionPlace to);
  void ended(NamespaceIndex nsp, std::string_view pid);
  // A session is moving to another worker, and in no worker's rooms; then it has arrived, or ended.
  void set_out();
  void arrived();

  // A session's connection broke: it is parked where it is until its client comes back. Sessions evicted for
  // it, or it itself, are dropped on their workers by `on_evicted`.
  void park(std::string_view owner, const socketio::ParkPlace& place, std::size_t bytes, Instant now);
  // Its client came back. Returns the number of the newest message that it may have received before; absent
  // if it is too late.
  std::optional<std::uint64_t> unpark(const socketio::ParkPlace& place, Instant now);
  // Set before the workers run. Called on the parked session's worker.
  void on_evicted(std::function<void(const socketio::ParkPlace&)> drop) { drop_ = std::move(drop); }

  void prune(Instant now);
  // The size of each worker's inbox. From any thread.
  std::vector<std::size_t> inbox_sizes();
  struct Parked {
    std::size_t sessions = 0;
    std::size_t bytes = 0;
  };
  Parked parked();
  // The worker has ended and takes no more messages.
  void retire(WorkerIndex worker);

 private:
  struct alignas(64) Worker {
    std::function<void()> wake;
    Post post;
    Inbox inbox;
    std::atomic<bool> has_mail = false;  // the inbox is not empty
    std::atomic<std::uint64_t> delivered = 0;
    bool retired = false;
    bool wake_owed = false;  // the inbox got something, and the worker was not woken for it

    Inbox take() {
      has_mail.store(false, std::memory_order_relaxed);
      return std::exchange(inbox, {});
    }
  };
  struct PidHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view pid) const { return std::hash<std::string_view>{}(pid); }
  };
  // Kept if somebody is in its rooms, which is known once all workers have delivered it.
  struct Undecided {
    NamespaceIndex nsp;
    socketio::MessageRef message;
    Instant at;
    std::uint64_t place;  // its number among all broadcasts
  };
  struct Nsp {
    std::unique_ptr<socketio::Recovery> recovery;  // null if it is off
    boost::unordered_flat_map<std::string, SessionPlace, PidHash, std::equal_to<>> moved;
  };

  void enqueue(NamespaceIndex nsp, const socketio::MessageRef& message, std::optional<WorkerIndex> from);
  void keep(NamespaceIndex nsp, const socketio::MessageRef& message, Instant now);
  void decide(bool all);
  std::uint64_t delivered_by_all() const;
  void drop(const std::vector<socketio::ParkPlace>& gone);

  std::mutex mutex_;
  std::optional<RecoverySettings> recovery_;
  std::deque<Worker> inboxes_;
  std::deque<Nsp> namespaces_;
  std::uint64_t published_ = 0;  // broadcasts
  std::vector<Undecided> undecided_;
  std::size_t on_their_way_ = 0;
  std::uint64_t last_arrival_ = 0;  // what had been published before it
  socketio::ParkedSessions parked_;
  std::function<void(const socketio::ParkPlace&)> drop_;
};

}  // namespace rollcall::server
