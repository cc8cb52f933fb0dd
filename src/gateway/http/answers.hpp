// Answers to backends; all of them forbid caching.
#pragma once

#include <string>

#include "rollcall/http.hpp"
#include "wire/problem.hpp"

namespace rollcall::gateway {

HttpAnswer json_answer(std::string json);
HttpAnswer problem_answer(const wire::Problem& problem);
HttpAnswer problem_answer(wire::Error error);
// 503: the server is shutting down, so not all of its workers can be asked any more.
HttpAnswer ending_answer();

}  // namespace rollcall::gateway
