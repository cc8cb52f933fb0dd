// What `serve --dev` adds: a secret, an API key, and hints about using them.
//
// The secret and the key are kept in the user's state directory, so that tokens and commands in other
// terminals outlive a restart. Called by serve, on the main thread.
#pragma once

#include <string>
#include <vector>

#include "rollcall/config.hpp"

namespace rollcall::app {

struct DevState {
  std::string jwt_secret;
  std::string api_key;
  std::string file;  // where they are stored; empty: nowhere
  std::string note;  // why not
};

// The state of the last start, or a new one if there is none, it is unusable, or `fresh`. Files are created
// for the user alone (0600 in a directory of 0700); a file that others may read is not used.
DevState development_state(bool fresh);
// The same for a given directory; empty: no directory.
DevState development_state(bool fresh, const std::string& directory);

// Completes the configuration: the secret, the API key, any origin for pages.
void complete_for_development(Config& config, const DevState& state);

// Lines that say what to try at these addresses. `config`: completed.
std::string development_announcement(const Config& config, const std::vector<std::string>& addresses,
                                     const DevState& state);

}  // namespace rollcall::app
