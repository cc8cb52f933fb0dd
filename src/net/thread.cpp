#include "net/thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <system_error>
#include <utility>

namespace rollcall::net {
namespace {

// A thread inherits what is blocked where it is started.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

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
  const SignalsBlocked inherited;
  return start_thread(name, std::move(run));
}

}  // namespace rollcall::net
