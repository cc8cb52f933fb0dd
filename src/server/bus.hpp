// What goes from one worker to all: every broadcast of a server gets a place in one order, and each worker
// delivers them to its own sockets in that order.
//
// Called by the workers' BusPort, and by any thread that broadcasts. One lock, held for as long as it takes
// to add to a few lists; nothing is delivered under it, and who finds an inbox empty does without. The order
// is what recovery rests on: an offset names a place in it, so a client may come back to any worker.
//
// Bounds: an inbox holds what was broadcast since its worker's last turn, and nothing once that has ended;
// the recovery log is bounded by socketio::RecoveryLimits.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rollcall/time.hpp"
#include "socketio/message.hpp"
#include "socketio/recovery.hpp"

namespace rollcall::server {

using NamespaceIndex = std::uint32_t;
using WorkerIndex = std::uint32_t;

struct Broadcast {
  NamespaceIndex nsp = 0;
  bool is_volatile = false;
  socketio::MessageRef message;
};
using Inbox = std::vector<Broadcast>;

// A place in the order, taken for a message to one socket: deliver `before`, then send it with that offset.
struct Place {
  std::uint64_t number = 0;  // 0: nothing is numbered, for recovery is off
  Inbox before;

  std::string offset() const { return number ? socketio::Recovery::offset_of(number) : std::string(); }
};

class Bus {
 public:
  explicit Bus(std::optional<socketio::RecoveryLimits> recovery) : recovery_limits_(recovery) {}
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  // Before the workers run. `wake` is called, from any thread, when a worker's inbox is no longer empty.
  WorkerIndex add_worker(std::function<void()> wake);
  NamespaceIndex add_namespace();

  bool recovers() const { return recovery_limits_.has_value(); }

  // Gives the message its place, and its offset as last argument unless it is volatile. What comes `from` a
  // worker wakes nobody yet: it has to call `wake_others` before its turn ends, so that whatever it publishes
  // in a turn reaches the others together, and leaves them in one send.
  void publish(NamespaceIndex nsp, socketio::Message message, bool is_volatile,
               std::optional<WorkerIndex> from, Instant now);

  void wake_others(WorkerIndex from);

  Inbox take(WorkerIndex worker);
  Place take_place(WorkerIndex worker, NamespaceIndex nsp);
  // The message for which the place was taken, so that it can be recovered.
  void log(NamespaceIndex nsp, const Place& place, const socketio::Message& message, Instant now);

  void save(NamespaceIndex nsp, std::string pid, socketio::SavedSession session, Instant now);
  // `before` is what the worker must deliver before the recovered socket joins its rooms: that socket has
  // it among what it missed.
  std::optional<socketio::Recovery::Recovered> recover(NamespaceIndex nsp, WorkerIndex worker,
                                                       std::string_view pid, std::string_view offset,
                                                       std::string_view owner, Instant now, Inbox& before);
  void prune(Instant now);
  // What waits in each worker's inbox. From any thread.
  std::vector<std::size_t> inbox_sizes();
  // The worker has ended: it will take nothing any more.
  void retire(WorkerIndex worker);

 private:
  struct alignas(64) Worker {
    std::function<void()> wake;
    Inbox inbox;
    std::atomic<bool> has_mail = false;  // the inbox is not empty
    bool retired = false;
    bool wake_owed = false;  // something was put into the inbox, and it was not woken for that

    Inbox take() {
      has_mail.store(false, std::memory_order_relaxed);
      return std::exchange(inbox, {});
    }
  };

  std::mutex mutex_;
  std::optional<socketio::RecoveryLimits> recovery_limits_;
  std::deque<Worker> inboxes_;
  std::vector<std::unique_ptr<socketio::Recovery>> recoveries_;  // one a namespace; null if it is off
};

}  // namespace rollcall::server
