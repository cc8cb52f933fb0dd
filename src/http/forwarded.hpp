// The addresses that proxies note in a request: X-Forwarded-For, or Forwarded (RFC 7239).
#pragma once

#include <string>
#include <vector>

#include "http/request.hpp"

namespace rollcall::http {

// From the nearest proxy's note to the farthest, without ports and brackets; at most kMaxHops. Whoever sent
// the request may have written any of them but those of trusted proxies. X-Forwarded-For wins where both
// headers are there.
inline constexpr std::size_t kMaxHops = 16;
std::vector<std::string> forwarded_for(const Request& request);

}  // namespace rollcall::http
