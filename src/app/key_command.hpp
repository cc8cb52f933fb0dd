// `rollcall key`: makes a key for a backend service to use the HTTP API.
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
  std::string secret;  // for the service; shown once
  std::string item;    // an item for api.keys
};
// The item for an existing key.
std::string key_item(std::string_view name, const calls::Scopes& scopes, std::string_view secret);
// `random`: at least 32 unpredictable bytes. Pure.
MadeKey make_key(std::string_view name, const calls::Scopes& scopes, std::string_view random);
MadeKey make_random_key(std::string_view name, const calls::Scopes& scopes);

// Prints both to `out`. Returns the exit status.
int run_key(const KeyCommand& command, std::ostream& out);

}  // namespace rollcall::app
