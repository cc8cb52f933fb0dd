// A call of backends that needs the whole server: emit, explain, disconnect, stats, feed. (Calls that only
// read the states of users are in src/calls/.) Each has its own .cpp here; server_calls.cpp lists them.
#pragma once

#include <span>

#include "calls/call.hpp"
#include "rollcall/http.hpp"

namespace rollcall::gateway {

class HttpApi;

struct ServerCall {
  calls::Route route;
  // Answers at once or later. On the thread of the connection's worker.
  void (*serve)(HttpApi& api, const HttpRequest& request, const HttpReply& reply);
};

std::span<const ServerCall* const> server_calls();

}  // namespace rollcall::gateway
