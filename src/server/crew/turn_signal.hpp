// A signal from any worker to all listening ones. The raising worker hears it at the end of its turn, others
// in a turn soon after; several raises until then are heard once.
//
// Carries no data: listeners read the state themselves (as gateway::FeedStreams does), and see everything
// that happened before the raise.
#pragma once

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include "server/sockets/bus_port.hpp"

namespace rollcall::server {

class TurnSignal {
 public:
  // `heard` is called on each listening worker's thread. Must outlive the server's `run`.
  TurnSignal(unsigned workers, std::function<void()> heard) : heard_(std::move(heard)), workers_(workers) {}
  TurnSignal(const TurnSignal&) = delete;
  TurnSignal& operator=(const TurnSignal&) = delete;

  // On a worker's thread: whether it listens from now on; initially not.
  void listen(bool wanted);
  // On a worker's thread. Cheap enough to call under a lock.
  void raise();

 private:
  struct alignas(64) Worker {
    bool raised = false;                     // by this worker in this turn; for its thread only
    std::atomic<net::Loop*> loop = nullptr;  // while it listens
    std::atomic<bool> told = false;          // and has not heard it yet
  };

  void end_of_turn(Worker& here);
  void tell(Worker& other);

  const std::function<void()> heard_;
  std::vector<Worker> workers_;
  std::atomic<unsigned> listening_{0};
};

}  // namespace rollcall::server
