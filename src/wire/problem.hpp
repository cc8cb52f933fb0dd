// Errors of the HTTP API, as RFC 9457 writes them: {type, title, status, detail, code, field?}.
//
// `code` is what programs look at; it is the same as a client would get for the same mistake by a socket.
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

// Those of refusals that are no request's own.
std::vector<std::string_view> problem_codes();

Problem problem_of(Error error);
// Of a refusal that is no request's own: the code follows from the status.
Problem problem_of_status(unsigned status, std::string detail);

std::string to_json(const Problem& problem);

}  // namespace rollcall::wire
