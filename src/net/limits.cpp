#include "net/limits.hpp"

#include <sys/resource.h>

#include <fstream>

namespace rollcall::net {

DescriptorLimit raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  if (limit.rlim_cur < limit.rlim_max) {
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  }
  return {static_cast<std::size_t>(limit.rlim_cur), static_cast<std::size_t>(limit.rlim_max)};
}

std::size_t accept_queue_limit() {
  std::ifstream file("/proc/sys/net/core/somaxconn");
  std::size_t limit = 0;
  return file >> limit ? limit : 0;
}

}  // namespace rollcall::net
