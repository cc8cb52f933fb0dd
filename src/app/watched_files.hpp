// Detects which files have changed since the last look: keys and certificates that are replaced while the
// server runs.
//
// Called by the reloader, about once a minute. A file is read only if its time, size or inode differs; a file
// with the same content has not changed. Reads files of at most embed::kMaxKeyFileBytes.
// One thread.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace rollcall::app {

class WatchedFiles {
 public:
  // Watches these from now on, from their current state. Empty names are skipped.
  void watch(const std::vector<std::string>& paths);
  // The files whose content differs from the last call, or from when `watch` was called. A file that is gone
  // or unreadable counts as changed.
  std::vector<std::string> changed();

 private:
  struct State {
    timespec time{};
    off_t size = -1;  // no such file
    ino_t inode = 0;
    dev_t device = 0;
    std::size_t content = 0;  // a hash of it

    bool looks_like(const State& other) const {
      return time.tv_sec == other.time.tv_sec && time.tv_nsec == other.time.tv_nsec && size == other.size &&
             inode == other.inode && device == other.device;
    }
  };
  static State look_at(const std::string& path);
  static void read(const std::string& path, State& state);

  std::map<std::string, State> files_;
};

}  // namespace rollcall::app
