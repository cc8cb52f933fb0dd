// A bounded queue of changes for callbacks that may be slow: every change in order, up to `limit`. Changes
// beyond that are coalesced to each user's newest state, so the queue stays bounded and consistent: each
// change of a user continues the previous one, and the last one is the current state.
//
// Filled by the gateway's hub, drained by the caller of the callbacks. Pure. Not thread-safe.
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

  // Each change of a user must continue the previous one, as the core's do.
  void add(const UserChanged& change) {
    if (changes_.size() < limit_) {
      changes_.push_back(change);
    } else {
      held_.hold(change);
    }
  }

  bool empty() const { return changes_.empty() && held_.size() == 0; }

  // Drains the queue.
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
