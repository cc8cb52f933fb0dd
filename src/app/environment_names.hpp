// Which environment variables are settings, which are mistyped ones, and which belong to someone else.
//
// Used by the configuration loader. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::app {

// Whether the variable can only be a setting with its name mistyped: it begins like one
// (ROLLCALL_SERVER_...), but no setting has that name, and no other program is known to use it.
bool is_unknown_variable(std::string_view name, std::string_view value);

// "is not a setting; did you mean ...?"
std::string about_unknown_variable(std::string_view name);

// Comma-separated.
std::string joined(const std::vector<std::string_view>& names);

}  // namespace rollcall::app
