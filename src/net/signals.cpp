#include "net/signals.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/assert.hpp"

namespace rollcall::net {

Signals::Signals(Loop& loop, const std::vector<int>& signals, std::function<void(int)> handler)
    : loop_(loop), handler_(std::move(handler)) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
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

}  // namespace rollcall::net
