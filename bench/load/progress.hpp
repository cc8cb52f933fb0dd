// A progress line on the terminal; nothing if stderr is not a terminal.
#pragma once

#include <unistd.h>

#include <cstdio>

#include "load/control.hpp"
#include "load/options.hpp"
#include "load/process.hpp"

namespace rollcall::load {

class Progress {
 public:
  Progress(const Options& options, const Control& control)
      : options_(options), control_(control), terminal_(isatty(STDERR_FILENO) == 1) {}

  void show(const char* what) {
    if (!terminal_ || now_ns() < next_ns_) return;
    next_ns_ = now_ns() + 200'000'000;
    std::fprintf(stderr, "\r\033[K%s: %s, %llu up, %llu deliveries, %llu requests, %llu pings",
                 options_.mode.c_str(), what, total(Count::up), total(Count::deliveries),
                 total(Count::requests), total(Count::pings));
  }

  void clear() const {
    if (terminal_) std::fprintf(stderr, "\r\033[K");
  }

 private:
  unsigned long long total(Count count) const { return control_.total(count); }

  const Options& options_;
  const Control& control_;
  const bool terminal_;
  std::uint64_t next_ns_ = 0;
};

}  // namespace rollcall::load
