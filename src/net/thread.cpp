#include "net/thread.hpp"

#include <system_error>
#include <utility>

#include "base/signal_mask.hpp"

namespace rollcall::net {

std::thread start_thread(const std::string& name, std::function<void()> run) {
  try {
    return std::thread(std::move(run));
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(),
                            "the thread of " + name +
                                " cannot be started (lower server.workers, or raise the limit: RLIMIT_NPROC, "
                                "RLIMIT_AS, TasksMax=, pids.max)");
  }
}

std::thread start_thread_without_signals(const std::string& name, std::function<void()> run) {
  const base::SignalsBlocked inherited(base::all_signals());
  return start_thread(name, std::move(run));
}

}  // namespace rollcall::net
