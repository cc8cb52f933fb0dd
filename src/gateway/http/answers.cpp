#include "gateway/http/answers.hpp"

#include <utility>

namespace rollcall::gateway {
namespace {

constexpr std::pair<const char*, const char*> kNeverCache{"cache-control", "no-store"};

}  // namespace

HttpAnswer json_answer(std::string json) {
  return {200, "application/json", std::move(json), {kNeverCache}};
}

HttpAnswer problem_answer(const wire::Problem& problem) {
  return {problem.status, wire::kProblemType, wire::to_json(problem), {kNeverCache}};
}

HttpAnswer problem_answer(wire::Error error) {
  return problem_answer(wire::problem_of(std::move(error)));
}

HttpAnswer ending_answer() {
  HttpAnswer answer =
      problem_answer(wire::problem_of_status(503, "The server is ending: ask another one, or again later"));
  answer.headers.emplace_back("retry-after", "1");
  return answer;
}

}  // namespace rollcall::gateway
