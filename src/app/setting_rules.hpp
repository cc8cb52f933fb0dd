// What the texts of the configuration may be, one function a kind.
//
// Used by the table in settings.cpp only. Pure; thread-safe.
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
bool is_algorithm(std::string_view text);

}  // namespace rollcall::app
