// Why a user is shown as online or offline: all the evidence, and one sentence for a human reader
// (`GET /api/v1/users/{userId}/explain`).
//
// Pure and thread-safe. The gateway's HTTP API fills it in from what every worker knows about the user.
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
  milliseconds window{};                     // of batches at present; 0: changes are told at once
  WallTime started_at{};                     // of the server, which knows nothing from before
};

std::string explanation(Explanation facts, WallTime now);
// "ping-timeout"
const char* name_of(presence::Ending ending);
std::string disconnected(std::size_t count);

}  // namespace rollcall::calls
