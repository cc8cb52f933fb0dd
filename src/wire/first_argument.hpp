// Finds the first of an event's arguments, where several JSON texts are joined by commas.
//
// Called by calls::decode. The text need not be JSON: then the result is just some part of it, and it is for
// the caller to parse and refuse it.
#pragma once

#include <string_view>

namespace rollcall::wire {

// Without white space around it; empty if there is no argument.
std::string_view first_argument(std::string_view args_json);

}  // namespace rollcall::wire
