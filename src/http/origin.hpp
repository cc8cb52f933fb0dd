// Origins (RFC 6454) and the Host header, compared as what they name and not as text: without regard to case,
// a trailing dot of the host, or whether the scheme's own port is written out.
//
// Browsers write them in one way, proxies in several (`Host: name:443`). Pure functions, linear in their
// input, no allocation: called for every request that has an Origin.
#pragma once

#include <string_view>

namespace rollcall::http {

// `https://name` and `HTTPS://Name.:443`. What is no `scheme://host[:port]`, such as `null`, is compared as
// text.
bool same_origin(std::string_view a, std::string_view b);

// Whether a page of `origin` (http or https) is of the site that `host`, a Host header, names. A port that
// Host leaves out is that of the origin's scheme: behind a proxy that ends TLS we speak plain http, and it is
// https all the same.
bool origin_is_host(std::string_view origin, std::string_view host);

}  // namespace rollcall::http
