// What backends may ask of the whole server: the calls that do more than look at the state of users (those
// are calls/). A file of this folder defines each; server_calls.cpp lists them.
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
