// Files that may be written anew while the server runs: which of them have changed since they were looked at
// last.
//
// Called by the reloader, about once a minute. A file is read only if its time, size or inode is another one;
// one that has the same content as before has not changed. Reads files of at most embed::kMaxKeyFileBytes.
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
  // From now on these, as they are now. Empty names are left out.
  void watch(const std::vector<std::string>& paths);
  // Those whose content is another than at the last call, or than when `watch` was called. One that is gone,
  // or cannot be read, has changed, too.
  std::vector<std::string> changed();

 private:
  struct State {
    timespec time{};
    off_t size = -1;  // there is none
    ino_t inode = 0;
    dev_t device = 0;
    std::size_t content = 0;  // its hash

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
