// The server's statistics, for backends (`GET /api/v1/stats`).
//
// Pure and thread-safe. Written by the gateway's HTTP API.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "rollcall/time.hpp"

namespace rollcall::calls {

struct Stats {
  std::string_view version;
  WallTime started_at{};
  std::size_t online = 0;       // users
  std::size_t connections = 0;  // of users
  std::size_t polling = 0;      // sessions by transport, those not authenticated yet among them
  std::size_t websocket = 0;
  std::size_t workers = 0;
  bool ready = false;           // not draining
  std::size_t went_online = 0;  // since the start
  std::size_t went_offline = 0;
  std::size_t feed_readers = 0;
  milliseconds settling{0};  // after a start: how much longer users may need to return; left out if 0
};
std::string stats(const Stats& stats, WallTime now);

}  // namespace rollcall::calls
