// Calls an embedder's functions for each presence change, on its own thread: they may be slow, and may call
// back. Changes are queued under the hub's lock and delivered without it.
//
// Bounds: those of presence::ChangeQueue. The thread starts with the first function and ends with this
// object.
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
  ~Callbacks() override;  // waits for the running function
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

  std::atomic<bool> wanted_{false};  // there is a function to call
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::condition_variable something_;
  bool idle_ = false;
  presence::ChangeQueue waiting_{kMaxWaiting};
  std::vector<std::shared_ptr<const Function>> functions_;
  std::thread thread_;
};

}  // namespace rollcall::embed
