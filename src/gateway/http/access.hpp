// Decides whether a backend may make a call: its key must be known, have the call's scope, and be within its
// rate.
//
// Used on the threads of all workers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calls/service_key.hpp"
#include "gateway/http/key_ring.hpp"
#include "gateway/live.hpp"
#include "rollcall/config.hpp"
#include "rollcall/http.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

class Access {
 public:
  // `server` must outlive this.
  Access(Server& server, const ApiSettings& settings);
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  // The answer that refuses the request; nothing if it may be served. `call` names it in the log, and is a
  // literal, because paths contain user ids.
  std::optional<HttpAnswer> refusal(const HttpRequest& request, calls::Scope scope, const char* call);
  // The answer instead of reading its body: the key is missing or unknown. Nothing if the body may be read.
  std::optional<HttpAnswer> refusal_of_body(const HttpRequest& head, const char* call);
  // Charges the key of a request that was let in for `more` requests.
  void charge(const HttpRequest& request, std::size_t more);

  // Replaces the keys and their rate. True if a formerly valid key is no longer valid. From any thread, one
  // at a time.
  bool reconfigure(const ApiSettings& settings);

 private:
  Result<KeyRing::Caller*, HttpAnswer> authorize(const HttpRequest& request, const char* call);
  HttpAnswer unauthorized(const char* call, const HttpRequest& request, const char* reason);
  HttpAnswer too_many(KeyRing::Caller& caller, KeyRing::Admission admission);
  HttpAnswer out_of_scope(const KeyRing::Caller& caller, calls::Scope scope, const char* call);

  Server& server_;
  std::vector<std::string> keys_in_force_;  // as configured: names, scopes, digests
  Live<KeyRing> keys_;
};

}  // namespace rollcall::gateway
