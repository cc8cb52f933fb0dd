// The event names that socket.io keeps for itself: its clients close a connection on which one comes as an
// event, and its servers throw where one is emitted.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace rollcall::base {

inline constexpr std::array<std::string_view, 6> kReservedEvents = {
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};

inline bool is_reserved_event(std::string_view name) {
  return std::find(kReservedEvents.begin(), kReservedEvents.end(), name) != kReservedEvents.end();
}

}  // namespace rollcall::base
