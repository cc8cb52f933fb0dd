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
// Gives free memory back to the system. Whoever needs one of the allocator's arenas waits meanwhile: 1 to 5
// ms for each megabyte that lies scattered.
void give_memory_back();

// For a program, before it begins: large blocks go back to the system as soon as they are freed, whatever was
// allocated before. (By itself glibc keeps blocks of up to 32 MiB, once one as large was freed.)
void give_large_blocks_back();

}  // namespace rollcall::net
