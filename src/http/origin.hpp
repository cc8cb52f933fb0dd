// Compares origins (RFC 6454) and the Host header by meaning, not as text: ignoring case, a trailing dot of
// the host, and whether the default port is written out.
//
// Browsers write them in one way, proxies in several (`Host: name:443`). Pure functions, linear in their
// input, no allocation: called for every request that has an Origin.
#pragma once

#include <string_view>

namespace rollcall::http {

// `https://name` and `HTTPS://Name.:443`. What is no `scheme://host[:port]`, such as `null`, is compared as
// text.
bool same_origin(std::string_view a, std::string_view b);

// Whether `origin` (http or https) is the site named by `host`, a Host header. A missing port in Host is the
// default of the origin's scheme: behind a proxy that terminates TLS we see plain http although the site is
// https.
bool origin_is_host(std::string_view origin, std::string_view host);

}  // namespace rollcall::http
