// Changes on their way to callbacks that may be slow: every one of them, in order, while not too many wait.
// Of what comes beyond that only each user's newest state is kept, so the queue stays bounded and what it
// gives stays true: of any one user each change continues the last, and the last one is how things are.
//
// Filled by the gateway's hub, emptied by whoever calls the callbacks. Pure. Not thread-safe.
//
// Bounds: `limit` changes, and one for each user beyond. `add` is O(1).
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "presence/held_changes.hpp"
#include "presence/types.hpp"

namespace rollcall::presence {

class ChangeQueue {
 public:
  explicit ChangeQueue(std::size_t limit) : limit_(limit) {}

  // Of any one user each change must continue the last, as the core's do.
  void add(const UserChanged& change) {
    if (changes_.size() < limit_) {
      changes_.push_back(change);
    } else {
      held_.hold(change);
    }
  }

  bool empty() const { return changes_.empty() && held_.size() == 0; }

  // All there is.
  std::vector<UserChanged> take() {
    std::vector<UserChanged> taken = std::exchange(changes_, {});
    held_.release(held_.size(), taken);
    return taken;
  }

 private:
  std::size_t limit_;
  std::vector<UserChanged> changes_;  // older than what is held
  HeldChanges held_;
};

}  // namespace rollcall::presence
