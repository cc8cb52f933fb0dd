// Signals as events of a loop.
#pragma once

#include <functional>
#include <vector>

#include "net/loop.hpp"

namespace rollcall::net {

class Signals final : public EventSource {
 public:
  // Blocks the signals for this thread and those it starts: make it before other threads.
  Signals(Loop& loop, const std::vector<int>& signals, std::function<void(int)> handler);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void on_events(std::uint32_t events) override;

  Loop& loop_;
  std::function<void(int)> handler_;
  int descriptor_;
};

// For programs, never for a library: ignores the signals that would end the process by default and mean
// nothing to it. Not ignored: the signals the program handles, SIGQUIT (core dump), SIGXCPU (CPU limit), and
// those of its own faults.
void ignore_idle_signals();

}  // namespace rollcall::net
