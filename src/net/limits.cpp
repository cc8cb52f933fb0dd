#include "net/limits.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

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

std::size_t open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator first("/proc/self/fd", error);
  const auto count = error ? 0 : std::distance(first, {});
  return count > 0 ? static_cast<std::size_t>(count - 1) : 0;  // one is of the open directory itself
}

std::size_t accept_queue_limit() {
  std::ifstream file("/proc/sys/net/core/somaxconn");
  std::size_t limit = 0;
  return file >> limit ? limit : 0;
}

}  // namespace rollcall::net
