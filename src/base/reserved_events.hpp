// The event names that applications may not emit. Clients close their connection on names reserved by
// socket.io, and would believe a forged event of the server's own.
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

// The name of the event that follows a recoverable one (decision 23).
inline constexpr std::string_view kMarkEvent = "recovery-offset";

// Null if an application may emit it.
inline const char* why_reserved(std::string_view name) {
  if (is_reserved_event(name)) return "socket.io keeps that name for itself";
  return name == kMarkEvent ? "the server keeps that name for itself" : nullptr;
}

}  // namespace rollcall::base
