// The HTTP API for backend services (docs/http-api.md): who may call, and the calls.
//
// Translates between HTTP and what the presence server can do; the rules of requests are api's, the same as
// for sockets. Handlers run on the threads of all workers.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/problem.hpp"
#include "api/service_key.hpp"
#include "gateway/api/feed_streams.hpp"
#include "gateway/api/key_ring.hpp"
#include "gateway/feed_source.hpp"
#include "gateway/live.hpp"
#include "gateway/presence_gateway.hpp"
#include "rollcall/http.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

// What the program says of itself.
struct About {
  std::string version;
  WallTime started_at{};
  std::string_view openapi;  // the document that describes the API; lives as long as the program
};

// Of answers to backends; none is ever to be kept by a cache.
HttpAnswer json_answer(std::string json);
HttpAnswer problem_answer(const api::Problem& problem);

class HttpApi {
 public:
  // Sets up the routes of `server`. It, `gateway` and this must live until the server has ended.
  HttpApi(Server& server, PresenceGateway& gateway, const ApiSettings& settings, About about);
  HttpApi(const HttpApi&) = delete;
  HttpApi& operator=(const HttpApi&) = delete;

  // A route for those whose key includes `scope`; others are refused before `handler` hears of them. `call`
  // is its name in the log, a literal: paths name users.
  void route(std::string_view method, std::string_view pattern, api::Scope scope, const char* call,
             HttpHandler handler);

  // Takes the keys and their rate from these. Streams of the feed end if a key that might have one is gone:
  // their readers come back, with a good key. From any thread, one at a time.
  void reconfigure(const ApiSettings& settings);

  const About& about() const { return about_; }
  // From any thread.
  std::size_t feed_readers() const { return feed_.readers(); }

 private:
  KeyRing::Caller* caller_of(const HttpRequest& request);  // null if its key is unknown
  // Why the request may not be served, if so.
  std::optional<HttpAnswer> refusal(const HttpRequest& request, api::Scope scope, const char* call);
  // Why its body is not read, if so: the key is missing, or unknown.
  std::optional<HttpAnswer> refusal_of_body(const HttpRequest& head, const char* call);
  Result<KeyRing::Caller*, HttpAnswer> authorize(const HttpRequest& request, const char* call);
  HttpAnswer unauthorized(const char* call, const HttpRequest& request, const char* reason);

  HttpAnswer answer(Result<std::string, api::Error> json) const;
  HttpAnswer read(Result<api::Request, api::Error> request);
  HttpAnswer presence(const HttpRequest& request);
  HttpAnswer query(const HttpRequest& request);
  HttpAnswer online(const HttpRequest& request);
  HttpAnswer count(const HttpRequest& request);
  HttpAnswer emit(const HttpRequest& request);
  HttpAnswer emit_to_many(const HttpRequest& request);
  HttpAnswer stats(const HttpRequest& request);
  // These ask all workers.
  void explain(const HttpRequest& request, const HttpReply& reply);
  void disconnect(const HttpRequest& request, const HttpReply& reply);
  HttpAnswer explanation(const std::string& user_id, std::vector<std::vector<api::ConnectionFacts>> parts);

  Server& server_;
  PresenceGateway& gateway_;
  ApiSettings settings_;  // in force
  Live<KeyRing> keys_;
  About about_;
  api::Limits limits_;
  FeedSource feed_source_;
  FeedStreams feed_;
};

}  // namespace rollcall::gateway
