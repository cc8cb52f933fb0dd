// Why a user is shown online or offline: everything that speaks for it, and a sentence for a person
// (`GET /api/v1/users/{userId}/explain`).
//
// Pure and thread-safe. Written by the gateway's HTTP API from what all workers know of the user.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "presence/types.hpp"
#include "rollcall/time.hpp"

namespace rollcall::calls {

struct ConnectionFacts {
  presence::ConnectionId number = 0;  // in the order in which they came
  std::string socket_id;
  std::string nsp;
  std::string transport;
  std::string network;  // where it comes from, no nearer than a /24 or a /48; empty: not known
  WallTime since{};
  WallTime last_pong{};    // or the opening, if there was none
  WallTime last_active{};  // the last event, or the connecting
};

struct Explanation {
  std::string_view user_id;
  presence::Account account;
  std::vector<ConnectionFacts> connections;  // in whatever order
  std::optional<WallTime> grace_ends;        // if a grace is running
  milliseconds offline_grace{};              // as configured
  milliseconds window{};                     // in which changes are told at present; 0: at once
  WallTime started_at{};                     // of the server: what was before is not known
};

std::string explanation(Explanation facts, WallTime now);
// "ping-timeout"
const char* name_of(presence::Ending ending);
std::string disconnected(std::size_t count);

}  // namespace rollcall::calls
