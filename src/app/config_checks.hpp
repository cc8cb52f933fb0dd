// Rules that span several settings.
//
// check_together is called by the configuration loader, config_warnings by the commands. Pure; thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_loader.hpp"

namespace rollcall::app {

// Where things were set. `blame(name, message)` makes the error, with the place where "section.key" was set;
// `sound(name)` is false for a setting that is invalid by itself: no rule applies to it then.
struct Places {
  std::function<ConfigError(std::string_view name, std::string message)> blame;
  std::function<bool(std::string_view name)> sound;
};

std::vector<ConfigError> check_together(const Config& config, bool dev, const Places& places);

// Settings that are allowed but unwise: one sentence each, for the operator.
std::vector<std::string> config_warnings(const Config& config);

}  // namespace rollcall::app
