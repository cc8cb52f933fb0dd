// Limits of the system: the number of file descriptors (each connection takes one) and the length of the
// accept queue.
#pragma once

#include <cstddef>

namespace rollcall::net {

struct DescriptorLimit {
  std::size_t soft = 0;
  std::size_t hard = 0;
};

// Raises the soft limit to the hard one, and returns the limit in force.
DescriptorLimit raise_descriptor_limit();

// Descriptors in use. Reads a directory with an entry for each. 0: unknown.
std::size_t open_descriptors();

// The accept queue length that the listener asks for, and the system's maximum (net.core.somaxconn; 0 if
// unknown).
inline constexpr int kAcceptQueue = 4096;
std::size_t accept_queue_limit();

}  // namespace rollcall::net
