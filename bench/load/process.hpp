// What the kernel says of processes: CPU and memory, from /proc; and what it allows this one.
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

// User and system time of all the threads that are alive, in nanoseconds; nothing if there is no such
// process. Of a running thread the last tick or so may be missing: at most a few milliseconds a reading.
std::optional<std::uint64_t> cpu_ns(pid_t pid);
std::optional<Memory> memory_of(pid_t pid);

std::optional<std::uint64_t> cpu_ns(const std::vector<pid_t>& pids);
std::optional<Memory> memory_of(const std::vector<pid_t>& pids);

// The "Rss:   123 kB" line of `field` in what /proc/PID/smaps_rollup says, in bytes; 0 if it isn't there.
std::uint64_t smaps_bytes(std::string_view text, std::string_view field);
// The first number of a schedstat file: nanoseconds on a CPU.
std::uint64_t schedstat_ns(std::string_view text);

std::uint64_t raise_descriptor_limit();  // to the hard limit, which is returned
void pin_to(const std::vector<unsigned>& cpus);
// Ends the calling process with the one that forked it, so that none is left behind.
void end_with_parent();

}  // namespace rollcall::load
