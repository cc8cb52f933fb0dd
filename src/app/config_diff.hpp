// What a reload changes: which settings differ, and which of them can take effect while the server runs.
//
// Called by the reloader. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "rollcall/config.hpp"

namespace rollcall::app {

struct ConfigDiff {
  std::vector<std::string> applied;       // "limits.events_per_second": take effect
  std::vector<std::string> need_restart;  // keep their old values until a restart
  Config in_force;                        // the previous configuration with `applied` changed
};

ConfigDiff diff(const Config& in_force, const Config& fresh);

}  // namespace rollcall::app
