// What a reload changes: which settings differ, which of them can take effect while the server runs.
//
// Called by the reloader. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "rollcall/config.hpp"

namespace rollcall::app {

struct ConfigDiff {
  std::vector<std::string> applied;       // "limits.events_per_second": take effect
  std::vector<std::string> need_restart;  // differ, and stay as they were until then
  Config in_force;                        // the former one with what is applied
};

ConfigDiff diff(const Config& in_force, const Config& fresh);

}  // namespace rollcall::app
