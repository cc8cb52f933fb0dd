#include "wire/problem.hpp"

#include "wire/object_writer.hpp"

namespace rollcall::wire {
namespace {

struct Kind {
  unsigned status;
  std::string_view title;
  std::string_view code;
};
constexpr Kind kKinds[] = {
    {400, "Bad Request", "BAD_REQUEST"},
    {401, "Unauthorized", "UNAUTHORIZED"},
    {403, "Forbidden", "FORBIDDEN"},
    {404, "Not Found", "NOT_FOUND"},
    {405, "Method Not Allowed", "METHOD_NOT_ALLOWED"},
    {408, "Request Timeout", "REQUEST_TIMEOUT"},
    {413, "Content Too Large", "PAYLOAD_TOO_LARGE"},
    {415, "Unsupported Media Type", "UNSUPPORTED_ENCODING"},
    {429, "Too Many Requests", "RATE_LIMITED"},
    {431, "Request Header Fields Too Large", "HEADER_TOO_LARGE"},
    {501, "Not Implemented", "NOT_IMPLEMENTED"},
    {503, "Service Unavailable", "UNAVAILABLE"},
    {505, "HTTP Version Not Supported", "VERSION_NOT_SUPPORTED"},
};
constexpr Kind kInternal{500, "Internal Server Error", "INTERNAL"};

const Kind& kind_of(unsigned status) {
  for (const Kind& kind : kKinds) {
    if (kind.status == status) return kind;
  }
  return kInternal;
}

unsigned status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_payload:
    case ErrorCode::too_many_users:
    case ErrorCode::unknown_event:
      return 400;
    case ErrorCode::rate_limited:
      return 429;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::internal:
      break;
  }
  return 500;
}

}  // namespace

std::vector<std::string_view> problem_codes() {
  std::vector<std::string_view> codes;
  for (const Kind& kind : kKinds) codes.push_back(kind.code);
  codes.push_back(kInternal.code);
  return codes;
}

Problem problem_of(Error error) {
  return {status_of(error.code), name_of(error.code), std::move(error.message), std::move(error.field)};
}

Problem problem_of_status(unsigned status, std::string detail) {
  return {status, kind_of(status).code, std::move(detail)};
}

std::string to_json(const Problem& problem) {
  std::string json;
  {
    ObjectWriter writer(json);
    writer.text("type", std::string_view("about:blank"))
        .text("title", kind_of(problem.status).title)
        .number("status", problem.status)
        .text("detail", std::string_view(problem.detail))
        .text("code", problem.code);
    if (!problem.field.empty()) writer.text("field", std::string_view(problem.field));
  }
  return json;
}

}  // namespace rollcall::wire
