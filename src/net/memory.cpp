#include "net/memory.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>

namespace rollcall::net {
namespace {

// 0: not a number ("max"), or one that means no limit.
std::size_t number_in(const std::string& file) {
  std::uint64_t number = 0;
  if (!(std::ifstream(file) >> number)) return 0;
  return number >= std::uint64_t{1} << 60 ? 0 : static_cast<std::size_t>(number);
}

std::size_t lesser(std::size_t a, std::size_t b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

std::size_t total_memory(const std::string& root) {
  std::ifstream file(root + "/proc/meminfo");
  std::string name;
  std::size_t kibibytes = 0;
  return file >> name >> kibibytes && name == "MemTotal:" ? kibibytes * 1024 : 0;
}

// Of the group and of those it is in.
std::size_t limit_of_group(const std::string& mount, std::string path, const char* file) {
  std::size_t limit = number_in(mount + "/" + file);  // in a container the group is often mounted as the root
  while (path.size() > 1) {
    limit = lesser(limit, number_in(mount + path + "/" + file));
    path.erase(path.rfind('/'));
  }
  return limit;
}

}  // namespace

std::size_t resident_bytes() {
  std::size_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t memory_limit_below(const std::string& root) {
  std::size_t limit = total_memory(root);
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "0::/path" or "4:memory:/path"
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string kind = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (kind.empty()) limit = lesser(limit, limit_of_group(root + "/sys/fs/cgroup", path, "memory.max"));
    if (kind == "memory")
      limit = lesser(limit, limit_of_group(root + "/sys/fs/cgroup/memory", path, "memory.limit_in_bytes"));
  }
  return limit;
}

std::size_t memory_limit() {
  rlimit limit{};
  const bool limited = getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return lesser(memory_limit_below(""), limited ? static_cast<std::size_t>(limit.rlim_cur) : 0);
}

std::size_t allocated_bytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void give_large_blocks_back() {
  constexpr int kLargeBlock = 256 * 1024;
  constexpr int kTopKept = 4 * 1024 * 1024;  // or every turn would take memory from the system and return it
  mallopt(M_MMAP_THRESHOLD, kLargeBlock);
  mallopt(M_TRIM_THRESHOLD, kTopKept);
}

void give_memory_back() {
  malloc_trim(0);
}

}  // namespace rollcall::net
