// What the texts of the configuration may be, one function a kind.
//
// Used by settings_table.cpp only. Pure; thread-safe.
#pragma once

#include <string_view>

namespace rollcall::app {

// Begins and ends with a slash, and is a path: no query, no blanks.
bool is_request_path(std::string_view text);
// As a client can name it: begins with a slash, no ',' or '?' (which the protocol's packets give a meaning).
bool is_namespace(std::string_view text);
// "*", or an origin exactly as a browser writes it (RFC 6454, section 6.2): lower case, no path, no port
// that is the scheme's own.
bool is_origin(std::string_view text);
// http or https, with a host that can be, maybe a port, path and query; neither user and password (which
// would be shown and logged) nor a fragment (which is not sent).
bool is_webhook_url(std::string_view text);
// Of a URL that is one: whether the host is this machine by name or number.
bool is_loopback_url(std::string_view url);
bool is_algorithm(std::string_view text);

}  // namespace rollcall::app
