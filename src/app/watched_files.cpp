#include "app/watched_files.hpp"

#include <functional>

#include "embed/file.hpp"
#include "embed/keys.hpp"

namespace rollcall::app {

// Follows links, so a swapped secrets directory shows as another inode.
WatchedFiles::State WatchedFiles::look_at(const std::string& path) {
  State state;
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return state;
  state.time = info.st_mtim;
  state.size = info.st_size;
  state.inode = info.st_ino;
  state.device = info.st_dev;
  return state;
}

void WatchedFiles::read(const std::string& path, State& state) {
  const auto text = embed::read_file(path, embed::kMaxKeyFileBytes);
  state.content = text ? std::hash<std::string>()(*text) : 0;
}

void WatchedFiles::watch(const std::vector<std::string>& paths) {
  files_.clear();
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    State state = look_at(path);
    read(path, state);
    files_.emplace(path, state);
  }
}

std::vector<std::string> WatchedFiles::changed() {
  std::vector<std::string> names;
  for (auto& [path, former] : files_) {
    State state = look_at(path);
    if (state.looks_like(former)) continue;
    read(path, state);
    if (state.content != former.content) names.push_back(path);
    former = state;
  }
  return names;
}

}  // namespace rollcall::app
