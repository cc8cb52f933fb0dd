// The memory of this process, and how much of it the system allows. Reads files of /proc and /sys: some
// microseconds.
#pragma once

#include <cstddef>
#include <string>

namespace rollcall::net {

std::size_t resident_bytes();

// The least of what the machine has, the cgroup's limits (v2 or v1, those above it too) and RLIMIT_AS allow.
// 0: unknown.
std::size_t memory_limit();
// The same without RLIMIT_AS, of the files below `root`, for tests.
std::size_t memory_limit_below(const std::string& root);

// Allocated and not freed. Takes a lock of each of the allocator's arenas.
std::size_t allocated_bytes();
// Gives free memory back to the system; some milliseconds where there is much of it.
void give_memory_back();

}  // namespace rollcall::net
