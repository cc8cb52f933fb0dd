// What text values of the configuration may be: one function per kind.
//
// Used by settings_table.cpp only. Pure; thread-safe.
#pragma once

#include <string_view>

namespace rollcall::app {

// A path that begins and ends with a slash; no query, no blanks.
bool is_request_path(std::string_view text);
// A namespace that clients can name: begins with a slash; no ',' or '?', which mean something in packets.
bool is_namespace(std::string_view text);
// "*", or an origin exactly as a browser writes it (RFC 6454, section 6.2): lower case, no path, no
// default port.
bool is_origin(std::string_view text);
// An http or https URL with a valid host, and optionally a port, path and query; no user or password (they
// would be shown and logged) and no fragment (it is not sent).
bool is_webhook_url(std::string_view text);
// `url` must be valid. Whether its host is this machine, by name or address.
bool is_loopback_url(std::string_view url);
bool is_algorithm(std::string_view text);

}  // namespace rollcall::app
