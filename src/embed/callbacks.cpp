#include "embed/callbacks.hpp"

#include <exception>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "server/shared/thread.hpp"

namespace rollcall::embed {
namespace {

void call(const Callbacks::Function& function, const presence::UserChanged& change) {
  constexpr const char* kThrew = "a callback of the gateway threw";
  try {
    function(change);
  } catch (const std::exception& error) {
    base::log::error(kThrew, {{"what", error.what()}});
  } catch (...) {
    base::log::error(kThrew, {{"what", "not a std::exception"}});
  }
}

}  // namespace

Callbacks::~Callbacks() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  something_.notify_one();
  if (!thread_.joinable()) return;
  ROLLCALL_ASSERT(std::this_thread::get_id() != thread_.get_id());  // a callback must not destroy the gateway
  thread_.join();
}

void Callbacks::add(Function function) {
  const std::lock_guard lock(mutex_);
  functions_.push_back(std::make_shared<const Function>(std::move(function)));
  wanted_ = true;
  if (thread_.joinable()) return;
  // Block signals: one that the embedder waits for on another thread would end the process here.
  thread_ = server::start_thread_without_signals("the callbacks", [this] { run(); });
}

void Callbacks::take(std::span<const presence::UserChanged> changes, const presence::Core&) {
  if (!wanted_) return;
  const std::lock_guard lock(mutex_);
  for (const presence::UserChanged& change : changes) waiting_.add(change);
  if (std::exchange(idle_, false)) something_.notify_one();
}

void Callbacks::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (waiting_.empty()) {
      idle_ = true;
      something_.wait(lock);
      continue;
    }
    const auto changes = waiting_.take();
    const auto functions = functions_;
    lock.unlock();
    call_all(changes, functions);
    lock.lock();
  }
}

void Callbacks::call_all(const std::vector<presence::UserChanged>& changes,
                         const std::vector<std::shared_ptr<const Function>>& functions) const {
  for (const presence::UserChanged& change : changes) {
    for (const auto& function : functions) {
      if (ending_) return;
      call(*function, change);
    }
  }
}

}  // namespace rollcall::embed
