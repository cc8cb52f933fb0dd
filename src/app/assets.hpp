// The files of web/ and the client script of the npm package, built into the program.
#pragma once

#include <string_view>

namespace rollcall::app {

// Empty if there is no such file.
std::string_view asset(std::string_view name);

}  // namespace rollcall::app
