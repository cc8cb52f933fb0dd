// The memory of this process, and its limit. Reads files of /proc and /sys, which takes some
// microseconds.
#pragma once

#include <cstddef>
#include <string>

namespace rollcall::net {

std::size_t resident_bytes();

// The minimum of the machine's memory, the limits of the cgroup and its parents (v2 or v1) and RLIMIT_AS.
// 0: unknown.
std::size_t memory_limit();
// The same without RLIMIT_AS, of the files below `root`, for tests.
std::size_t memory_limit_below(const std::string& root);

// Allocated and not freed. Takes a lock of each of the allocator's arenas.
std::size_t allocated_bytes();
// Returns free memory to the system. Threads that need one of the allocator's arenas wait meanwhile: 1 to 5
// ms for each fragmented megabyte.
void give_memory_back();

// For a program, at its start: large blocks are returned to the system as soon as they are freed. (By default
// glibc raises that threshold up to 32 MiB once a block of that size was freed.)
void give_large_blocks_back();

}  // namespace rollcall::net
