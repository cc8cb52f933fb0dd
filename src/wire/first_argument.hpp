// Finds the first of an event's arguments, where several JSON texts are joined by commas.
//
// Called by decode. It does not check that the text is JSON; it finds the comma that ends the first
// value if it is, and a piece of the text in any case.
#pragma once

#include <string_view>

namespace rollcall::wire {

// Without white space around it; empty if there is no argument.
std::string_view first_argument(std::string_view args_json);

}  // namespace rollcall::wire
