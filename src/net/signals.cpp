#include "net/signals.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/assert.hpp"
#include "base/signal_mask.hpp"

namespace rollcall::net {

Signals::Signals(Loop& loop, const std::vector<int>& signals, std::function<void(int)> handler)
    : loop_(loop), handler_(std::move(handler)) {
  const sigset_t set = base::signal_set(signals);
  base::block_signals(set);
  descriptor_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  ROLLCALL_ASSERT(descriptor_ >= 0);
  loop_.watch(descriptor_, *this, EPOLLIN);
}

Signals::~Signals() {
  loop_.unwatch(descriptor_, *this);
  close(descriptor_);
}

void Signals::on_events(std::uint32_t) {
  signalfd_siginfo info;
  while (read(descriptor_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    handler_(static_cast<int>(info.ssi_signo));
  }
}

void ignore_idle_signals() {
  // SIGXFSZ: a log file that reached its limit costs lines. SIGPROF, SIGVTALRM and SIGALRM: a timer of
  // whoever started us.
  for (const int signal :
       {SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT, SIGXFSZ}) {
    ::signal(signal, SIG_IGN);
  }
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) ::signal(signal, SIG_IGN);
}

}  // namespace rollcall::net
