#include "telemetry/process.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace rollcall::telemetry {
namespace {

constexpr const char* kDescriptors = "/proc/self/fd";

microseconds time_of(const timeval& time) {
  return seconds(time.tv_sec) + microseconds(time.tv_usec);
}

// New kernels say how many entries the directory has; with others they are counted.
std::size_t count_descriptors() {
  struct stat status {};
  if (stat(kDescriptors, &status) == 0 && status.st_size > 0) return static_cast<std::size_t>(status.st_size);
  DIR* directory = opendir(kDescriptors);
  if (!directory) return 0;
  std::size_t count = 0;
  while (const dirent* entry = readdir(directory)) count += entry->d_name[0] == '.' ? 0 : 1;
  closedir(directory);
  return count > 0 ? count - 1 : 0;  // one is the directory's own
}

}  // namespace

ProcessFigures read_process() {
  ProcessFigures figures;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) figures.cpu = time_of(usage.ru_utime) + time_of(usage.ru_stime);
  std::size_t virtual_pages = 0, resident_pages = 0;
  std::ifstream("/proc/self/statm") >> virtual_pages >> resident_pages;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  figures.virtual_bytes = virtual_pages * page;
  figures.resident_bytes = resident_pages * page;
  figures.open_descriptors = count_descriptors();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.most_descriptors = limit.rlim_cur;
  return figures;
}

}  // namespace rollcall::telemetry
