// Errors of the HTTP API, as RFC 9457 writes them: {type, title, status, detail, code, field?}.
//
// Programs should look at `code`: it is the code that a client gets over a socket for the same mistake.
// Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/error.hpp"

namespace rollcall::wire {

inline constexpr const char* kProblemType = "application/problem+json";

struct Problem {
  unsigned status;
  std::string_view code;  // "INVALID_PAYLOAD"; a literal
  std::string detail;     // for the developer
  std::string field = {};
};

// The codes of refusals that do not come from a request's own checks (401, 404, 429, ...).
std::vector<std::string_view> problem_codes();

Problem problem_of(Error error);
// For a refusal that does not come from a request's own checks: the code follows from the status.
Problem problem_of_status(unsigned status, std::string detail);

std::string to_json(const Problem& problem);

}  // namespace rollcall::wire
