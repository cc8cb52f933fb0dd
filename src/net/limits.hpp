// How many descriptors this process may have: each connection takes one.
#pragma once

#include <cstddef>

namespace rollcall::net {

struct DescriptorLimit {
  std::size_t soft = 0;
  std::size_t hard = 0;
};

// Raises the soft limit to the hard one, and returns what holds now.
DescriptorLimit raise_descriptor_limit();

}  // namespace rollcall::net
