// `rollcall check-config`: prints every mistake in the configuration, or the settings in force.
//
// Called by main. Reads the files that the configuration names. Source: config/rollcall.toml.
#pragma once

#include <iosfwd>

#include "app/cli.hpp"
#include "rollcall/config.hpp"

namespace rollcall::app {

// Prints mistakes and warnings to `err`, or "ok" and the settings, secrets masked, to `out`.
// Returns the exit status.
int run_check_config(const CheckConfigCommand& command, std::ostream& out, std::ostream& err);

// The second half, once the configuration itself is valid: checks the files that it names.
int report_config(const Config& config, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
