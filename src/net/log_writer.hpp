// Writes the log while servers run: a bounded queue and a thread that drains it. Logging never waits for the
// reader of stderr, even a stuck one (decision 21).
//
// - The queue holds kMostBytes. Lines beyond that, and lines that cannot be written (no reader, disk full,
//   closed), are dropped and counted (base::log::lines_lost). Once writing works again, a line says how many
//   were lost.
// - The writing thread blocks all signals: a pipe without a reader costs a line, not the process.
// - At the end the queue is flushed for kFlush at most; a stuck reader does not delay the exit further.
//
// Also calls base::log::write_summaries. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "rollcall/time.hpp"

namespace rollcall::net {

class LogWriter {
 public:
  static constexpr std::size_t kMostBytes = 1 << 20;
  static constexpr milliseconds kFlush{1000};

  // The writer of the process, shared by all holders. The log goes through it while anyone holds it; its
  // destructor flushes the queue, for up to kFlush.
  static std::shared_ptr<LogWriter> lease();

  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // To stdout, after all lines logged before; but it does not wait for a stuck stderr.
  void print(std::string text);

 private:
  class Queue;

  LogWriter();

  std::shared_ptr<Queue> queue_;  // outlives this if the thread is stuck in a write
  std::thread thread_;
};

}  // namespace rollcall::net
