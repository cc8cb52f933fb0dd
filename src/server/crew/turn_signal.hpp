// Tells workers that something has happened, from any of them: those that listen hear it at the end of the
// turn in which it was raised, or in a turn of their own soon after, once for all times that it was raised
// until then.
//
// For what workers are to look at by themselves (gateway::FeedStreams does): what happened before it was
// raised is to be seen when it is heard.
#pragma once

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include "server/sockets/bus_port.hpp"

namespace rollcall::server {

class TurnSignal {
 public:
  // `heard` is called on each listening worker's thread. To outlive the server's `run`.
  TurnSignal(unsigned workers, std::function<void()> heard) : heard_(std::move(heard)), workers_(workers) {}
  TurnSignal(const TurnSignal&) = delete;
  TurnSignal& operator=(const TurnSignal&) = delete;

  // On a worker's thread: whether it listens from now on. At first it does not.
  void listen(bool wanted);
  // On a worker's thread; under a lock too, for it costs next to nothing.
  void raise();

 private:
  struct alignas(64) Worker {
    bool raised = false;                     // by it, in this turn; its own
    std::atomic<net::Loop*> loop = nullptr;  // while it listens
    std::atomic<bool> told = false;          // and has not come to hear it yet
  };

  void end_of_turn(Worker& here);
  void tell(Worker& other);

  const std::function<void()> heard_;
  std::vector<Worker> workers_;
  std::atomic<unsigned> listening_{0};
};

}  // namespace rollcall::server
