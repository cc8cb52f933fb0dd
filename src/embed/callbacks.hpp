// Calls an embedder's functions for each change of presence, on a thread of its own: they may be slow, and
// may call back. Changes are left here under the hub's lock, and taken without it.
//
// Bounds: presence::ChangeQueue's. The thread begins with the first function, and ends with this.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "hub/sink.hpp"
#include "presence/change_queue.hpp"

namespace rollcall::embed {

class Callbacks final : public hub::Sink {
 public:
  using Function = std::function<void(const presence::UserChanged&)>;

  Callbacks() = default;
  ~Callbacks() override;  // waits for the function that is being called
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;

  // From any thread.
  void add(Function function);
  void take(std::span<const presence::UserChanged> changes, const presence::Core& core) override;

 private:
  static constexpr std::size_t kMaxWaiting = 10'000;

  void run();
  void call_all(const std::vector<presence::UserChanged>& changes,
                const std::vector<std::shared_ptr<const Function>>& functions) const;

  std::atomic<bool> wanted_{false};  // there are functions
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::condition_variable something_;
  bool idle_ = false;
  presence::ChangeQueue waiting_{kMaxWaiting};
  std::vector<std::shared_ptr<const Function>> functions_;
  std::thread thread_;
};

}  // namespace rollcall::embed
