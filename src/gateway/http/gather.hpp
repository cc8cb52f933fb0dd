// Asks every worker and collects the answers.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "rollcall/server.hpp"

namespace rollcall::gateway {

// Calls `ask` on each worker's thread, then `done` with all the answers, on the thread of one of them; or
// `incomplete`, on any thread, if a worker ended before it could be asked.
template <class Part>
void gather(Server& server, std::function<Part()> ask, std::function<void(std::vector<Part>)> done,
            std::function<void()> incomplete) {
  // Owned by the tasks: destroyed with the last of them, whether they ran or were dropped.
  struct State {
    std::function<Part()> ask;
    std::function<void(std::vector<Part>)> done;
    std::function<void()> incomplete;
    std::size_t wanted = 0;
    std::mutex mutex{};
    std::vector<Part> parts{};

    ~State() {
      if (parts.size() == wanted) {
        done(std::move(parts));
      } else {
        incomplete();
      }
    }
  };
  auto* made = new State{std::move(ask), std::move(done), std::move(incomplete), server.workers()};
  server.post_to_all([state = std::shared_ptr<State>(made)] {
    Part part = state->ask();
    const std::lock_guard lock(state->mutex);
    state->parts.push_back(std::move(part));
  });
}

}  // namespace rollcall::gateway
