// The HTTP API for backend services (docs/http-api.md). Makes a route of each call that has one
// (calls/table.hpp, server_calls.cpp), and lets requests in through Access.
//
// Handlers run on the threads of all workers.
#pragma once

#include <string>
#include <string_view>

#include "calls/call.hpp"
#include "gateway/feed_source.hpp"
#include "gateway/http/access.hpp"
#include "gateway/http/feed_streams.hpp"
#include "gateway/http/server_call.hpp"
#include "gateway/presence_gateway.hpp"
#include "rollcall/http.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

// Facts about the program, for the answers.
struct About {
  std::string version;
  WallTime started_at{};
  std::string_view openapi;  // the document that describes the API; lives as long as the program
};

class HttpApi {
 public:
  // Sets up the routes of `server`. It, `gateway` and this must live until the server has ended.
  HttpApi(Server& server, PresenceGateway& gateway, const ApiSettings& settings, About about);
  HttpApi(const HttpApi&) = delete;
  HttpApi& operator=(const HttpApi&) = delete;

  // A route for those whose key includes its scope; others are refused before `handler` hears of them.
  void route(const calls::Route& route, HttpHandler handler);

  // Takes the keys and their rate from these. Streams of the feed end if a key that might have one is gone:
  // their readers come back, with a good key. From any thread, one at a time.
  void reconfigure(const ApiSettings& settings);

  // For the calls, on a worker's thread.
  Server& server() { return server_; }
  PresenceGateway& gateway() { return gateway_; }
  Access& access() { return access_; }
  FeedStreams& feed() { return feed_; }
  const About& about() const { return about_; }
  // From any thread.
  std::size_t feed_readers() const { return feed_.readers(); }

 private:
  HttpAnswer answer(const calls::Call& call, const HttpRequest& request);

  Server& server_;
  PresenceGateway& gateway_;
  Access access_;
  About about_;
  FeedSource feed_source_;
  FeedStreams feed_;
};

}  // namespace rollcall::gateway
