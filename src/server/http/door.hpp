// Posts tasks to a worker's loop from objects that may outlive it: once closed, tasks are dropped.
// Thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "net/loop.hpp"

namespace rollcall::server {

class Door {
 public:
  explicit Door(net::Loop& loop) : loop_(&loop) {}

  void post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (loop_) loop_->post(std::move(task));
  }
  // Whether this thread runs the loop.
  bool leads_here() const {
    const std::lock_guard lock(mutex_);
    return loop_ && loop_->runs_here();
  }
  // Call before the loop is destroyed.
  void close() {
    const std::lock_guard lock(mutex_);
    loop_ = nullptr;
  }

 private:
  mutable std::mutex mutex_;
  net::Loop* loop_;
};

}  // namespace rollcall::server
