// The signal mask of the calling thread. A thread inherits the mask of the thread that starts it.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <span>

namespace rollcall::base {

inline sigset_t signal_set(std::span<const int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

inline sigset_t signal_set(int signal) {
  return signal_set(std::span(&signal, 1));
}

inline sigset_t all_signals() {
  sigset_t set;
  sigfillset(&set);
  return set;
}

inline void block_signals(const sigset_t& signals) {
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// Blocks signals for as long as it exists, then restores the mask.
class SignalsBlocked {
 public:
  explicit SignalsBlocked(const sigset_t& signals) { pthread_sigmask(SIG_BLOCK, &signals, &before_); }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace rollcall::base
