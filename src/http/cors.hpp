// Which pages of other origins may read our answers (Fetch standard, "CORS protocol").
//
// Called once for every request over HTTP. Browsers do not hold WebSockets to it: ask origin_allowed()
// there. Linear in the length of the list. Pure functions: safe on any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"
#include "http/response.hpp"

namespace rollcall::http {

struct CorsPolicy {
  std::vector<std::string>
      origins;  // as browsers write them, "null" among them, or "*"; none: same origin only
  bool credentials = false;
};

// Whether the policy names the origin. The server's own origin is not asked about: CORS has no say there.
bool origin_allowed(const CorsPolicy& policy, std::string_view origin);

// For every answer that is not a preflight's, errors included.
std::vector<Header> cors_headers(const CorsPolicy& policy, const Request& request);

// The whole answer to OPTIONS with an Origin; nullopt for any other request.
std::optional<Response> preflight(const CorsPolicy& policy, const Request& request);

}  // namespace rollcall::http
