// The addresses that proxies note in a request: X-Forwarded-For, or Forwarded (RFC 7239).
#pragma once

#include <string>
#include <vector>

#include "http/request.hpp"

namespace rollcall::http {

// From the nearest proxy's entry to the farthest, without ports and brackets; at most kMaxHops. The sender of
// the request can forge all entries except those added by trusted proxies. X-Forwarded-For wins if both
// headers are present.
inline constexpr std::size_t kMaxHops = 16;
std::vector<std::string> forwarded_for(const Request& request);

}  // namespace rollcall::http
