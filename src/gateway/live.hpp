// A value that the workers of a server read at any time and that can be replaced while they do: what a reload
// changes. Reading is one load of a pointer; no lock, no count.
//
// A replaced value is destroyed once every worker has started another task, because then none can still be
// reading it. So the result of `get` is valid until the current handler returns, and must not be kept longer.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "base/assert.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

template <typename T>
class Live {
 public:
  // `server` must outlive this.
  Live(Server& server, std::shared_ptr<T> first)
      : server_(server), owner_(std::move(first)), current_(owner_.get()) {
    ROLLCALL_ASSERT(current_ != nullptr);
  }
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  // On a worker's thread, or before the server runs.
  T& get() const { return *current_.load(std::memory_order_acquire); }

  // From any thread.
  void replace(std::shared_ptr<T> next) {
    ROLLCALL_ASSERT(next != nullptr);
    const std::lock_guard lock(mutex_);
    current_.store(next.get(), std::memory_order_release);
    server_.post_to_all([former = std::exchange(owner_, std::move(next))] {});
  }

 private:
  Server& server_;
  std::mutex mutex_;
  std::shared_ptr<T> owner_;
  std::atomic<T*> current_;
};

}  // namespace rollcall::gateway
