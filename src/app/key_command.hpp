// `rollcall key`: a key by which a backend service may use the HTTP API.
//
// Called by main, and by `serve --dev`. Source: docs/http-api.md, "Keys".
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "app/cli.hpp"
#include "calls/service_key.hpp"

namespace rollcall::app {

struct MadeKey {
  std::string secret;  // for the service, told once
  std::string item;    // of api.keys
};
// The item for a key that there is.
std::string key_item(std::string_view name, const calls::Scopes& scopes, std::string_view secret);
// `random`: 32 bytes or more that nobody can guess. Pure.
MadeKey make_key(std::string_view name, const calls::Scopes& scopes, std::string_view random);
MadeKey make_random_key(std::string_view name, const calls::Scopes& scopes);

// Prints both to `out`. Returns the exit status.
int run_key(const KeyCommand& command, std::ostream& out);

}  // namespace rollcall::app
