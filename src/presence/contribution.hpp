// What one node knows about a user from its own connections. A user's state is derived from the contributions
// of all nodes; with one node, from that one.
#pragma once

#include <cstdint>

#include "presence/types.hpp"
#include "rollcall/time.hpp"

namespace rollcall::presence {

struct Contribution {
  Instant grace_ends = Instant::min();  // of the connection that broke last
  std::uint32_t connections = 0;
  Ending ending = Ending::unknown;  // of the connection that the grace is for, or that ended the session

  // Keeps the user online.
  bool present(Instant now) const { return connections > 0 || grace_ends > now; }
};

}  // namespace rollcall::presence
