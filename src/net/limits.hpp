// What the system allows: how many descriptors this process may have (each connection takes one), and how
// many connections may wait to be accepted.
#pragma once

#include <cstddef>

namespace rollcall::net {

struct DescriptorLimit {
  std::size_t soft = 0;
  std::size_t hard = 0;
};

// Raises the soft limit to the hard one, and returns what holds now.
DescriptorLimit raise_descriptor_limit();

// In use. Reads a directory with an entry for each. 0: it cannot be found out.
std::size_t open_descriptors();

// The length of the queue of connections that the listener asks for, and what the system makes of it at most
// (0 if that cannot be found out).
inline constexpr int kAcceptQueue = 4096;
std::size_t accept_queue_limit();

}  // namespace rollcall::net
