// Changes as the core would make them, for tests of what comes behind it.
#pragma once

#include <string>
#include <utility>

#include "presence/types.hpp"

namespace rollcall::presence {

inline UserChanged came(std::string user, WallTime at = {}) {
  return {std::move(user), {false, at, {}}, {true, at, at}, at};
}
inline UserChanged left(std::string user, WallTime at = {}, WallTime last_active = {}) {
  return {std::move(user), {true, last_active, last_active}, {false, last_active, {}}, at};
}
inline bool is_online(const UserChanged& change) {
  return edge_of(change) == Edge::online;
}

}  // namespace rollcall::presence
