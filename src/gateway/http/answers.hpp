// Answers to backends; none is ever to be kept by a cache.
#pragma once

#include <string>

#include "rollcall/http.hpp"
#include "wire/problem.hpp"

namespace rollcall::gateway {

HttpAnswer json_answer(std::string json);
HttpAnswer problem_answer(const wire::Problem& problem);
HttpAnswer problem_answer(wire::Error error);
// The server is about to end, and its workers are not all to be asked.
HttpAnswer ending_answer();

}  // namespace rollcall::gateway
