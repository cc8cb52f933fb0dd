// The lines of the log, for tests of what is logged by other threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/log.hpp"

namespace rollcall::base::test {

class CapturedLog {
 public:
  CapturedLog() {
    set_log_sink([this](LogLevel, std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
      changed_.notify_all();
    });
  }
  ~CapturedLog() { set_log_sink(nullptr); }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  // The lines with `part` in them, once there are `count` of them or half a minute is over.
  std::vector<std::string> await(std::string_view part, std::size_t count) {
    std::unique_lock lock(mutex_);
    std::vector<std::string> found;
    changed_.wait_for(lock, std::chrono::seconds(30), [&] {
      found.clear();
      for (const std::string& line : lines_) {
        if (line.find(part) != std::string::npos) found.push_back(line);
      }
      return found.size() >= count;
    });
    return found;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

}  // namespace rollcall::base::test
