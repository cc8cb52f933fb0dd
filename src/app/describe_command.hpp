// `rollcall describe`: what the program knows by name - calls, routes, events, codes, metrics, settings - as
// JSON. Tests hold the documents against it; it stands in no help text.
#pragma once

#include <iosfwd>
#include <string>

namespace rollcall::app {

std::string description();
int run_describe(std::ostream& out);

}  // namespace rollcall::app
