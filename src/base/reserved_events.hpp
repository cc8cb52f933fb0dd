// The event names that no application may emit. On one that socket.io keeps for itself clients close their
// connection; for one of the server's own they take what it says for true.
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

// What follows an event that may be recovered (decision 23).
inline constexpr std::string_view kMarkEvent = "recovery-offset";

// Null if an application may emit it.
inline const char* why_reserved(std::string_view name) {
  if (is_reserved_event(name)) return "socket.io keeps that name for itself";
  return name == kMarkEvent ? "the server keeps that name for itself" : nullptr;
}

}  // namespace rollcall::base
