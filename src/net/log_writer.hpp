// The log's way out while servers run: a bounded queue, and a thread that writes what is in it. Whoever logs
// never waits for a reader of stderr, however stuck (decision 21).
//
// - The queue holds kMostBytes. Lines beyond that, and lines that cannot be written (no reader, disk full,
//   closed), are dropped and counted (base::log::lines_lost). Once lines get through again, one says how many
//   were lost.
// - The writing thread takes no signals: a pipe without a reader costs a line, not the process.
// - At the end, what waits is written for kFlush at most; a reader that is stuck does not hold up the end.
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

  // The one of the process, for as long as anyone holds it. The log goes through it meanwhile; its
  // destruction waits for what is queued, up to kFlush.
  static std::shared_ptr<LogWriter> lease();

  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // To stdout, behind what was logged before; while stderr is stuck, not behind that.
  void print(std::string text);

 private:
  class Queue;

  LogWriter();

  std::shared_ptr<Queue> queue_;  // outlives this if the thread is stuck in a write
  std::thread thread_;
};

}  // namespace rollcall::net
