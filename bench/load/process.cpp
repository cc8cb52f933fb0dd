#include "load/process.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rollcall::load {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

std::string slurp(const std::string& path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint64_t number_at_front(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::uint64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * kSecond + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t schedstat_ns(std::string_view text) {
  return number_at_front(text);
}

std::uint64_t smaps_bytes(std::string_view text, std::string_view field) {
  const std::string line = "\n" + std::string(field) + ":";
  const std::size_t at = text.find(line);
  return at == std::string_view::npos ? 0 : number_at_front(text.substr(at + line.size())) * 1024;
}

std::optional<std::uint64_t> cpu_ns(pid_t pid) {
  std::error_code error;
  std::filesystem::directory_iterator threads("/proc/" + std::to_string(pid) + "/task", error);
  if (error) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& thread : threads) sum += schedstat_ns(slurp(thread.path() / "schedstat"));
  return sum;
}

std::optional<Memory> memory_of(pid_t pid) {
  const std::string text = slurp("/proc/" + std::to_string(pid) + "/smaps_rollup");
  if (text.empty()) return std::nullopt;
  return Memory{smaps_bytes(text, "Rss"), smaps_bytes(text, "Pss")};
}

std::optional<std::uint64_t> cpu_ns(const std::vector<pid_t>& pids) {
  std::uint64_t sum = 0;
  for (const pid_t pid : pids) {
    const auto one = cpu_ns(pid);
    if (!one) return std::nullopt;
    sum += *one;
  }
  return sum;
}

std::optional<Memory> memory_of(const std::vector<pid_t>& pids) {
  Memory sum;
  for (const pid_t pid : pids) {
    const auto one = memory_of(pid);
    if (!one) return std::nullopt;
    sum.rss_bytes += one->rss_bytes;
    sum.pss_bytes += one->pss_bytes;
  }
  return sum;
}

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max;
}

void pin_to(const std::vector<unsigned>& cpus) {
  if (cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const unsigned cpu : cpus) CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

void end_with_parent() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

}  // namespace rollcall::load
