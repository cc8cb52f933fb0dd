// CPU and memory of processes, from /proc; and this process's limits.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::load {

std::uint64_t now_ns();  // monotonic, the same clock in every process

struct Memory {
  std::uint64_t rss_bytes = 0, pss_bytes = 0;
};

// User and system time of all live threads, in nanoseconds; absent if there is no such process. A running
// thread's last tick may be missing: at most a few milliseconds per reading.
std::optional<std::uint64_t> cpu_ns(pid_t pid);
std::optional<Memory> memory_of(pid_t pid);

std::optional<std::uint64_t> cpu_ns(const std::vector<pid_t>& pids);
std::optional<Memory> memory_of(const std::vector<pid_t>& pids);

// The "Rss:   123 kB" line of `field` in the text of /proc/PID/smaps_rollup, in bytes; 0 if missing.
std::uint64_t smaps_bytes(std::string_view text, std::string_view field);
// The first number of a schedstat file: nanoseconds on a CPU.
std::uint64_t schedstat_ns(std::string_view text);

std::uint64_t raise_descriptor_limit();  // to the hard limit; returns it
void pin_to(const std::vector<unsigned>& cpus);
// Ends the calling process together with its parent.
void end_with_parent();

}  // namespace rollcall::load
