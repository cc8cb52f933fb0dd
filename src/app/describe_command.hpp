// `rollcall describe`: everything the program has a name for - calls, routes, events, codes, metrics,
// settings - as JSON. Tests check the documents against it; --help does not list it.
#pragma once

#include <iosfwd>
#include <string>

namespace rollcall::app {

std::string description();
int run_describe(std::ostream& out);

}  // namespace rollcall::app
