// Any bytes, read at once or in pieces, give the same requests and the same fault; what is read keeps the
// promises of the parser, and nothing of it breaks out of an answer's head.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "http/cors.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "http/test_parse.hpp"

namespace {

using namespace rollcall::http;

void check(const Request& request, Limits limits) {
  ROLLCALL_ASSERT(!request.method.empty() && !request.target.empty());
  ROLLCALL_ASSERT(request.body.size() <= limits.body_bytes);
  ROLLCALL_ASSERT(request.headers.size() <= kMaxHeaders);
  ROLLCALL_ASSERT(request.http_1_0 || request.header("host"));
  ROLLCALL_ASSERT(!request.header("transfer-encoding") || !request.header("content-length"));
  std::size_t head_bytes = 0;
  for (const Header& field : request.headers) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    ROLLCALL_ASSERT(std::none_of(field.name.begin(), field.name.end(), is_upper));
    ROLLCALL_ASSERT(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    head_bytes += field.name.size() + field.value.size();
  }
  ROLLCALL_ASSERT(head_bytes <= limits.header_bytes);
}

void check_answers(const Request& request) {
  const auto parameters = query_parameters(request.query);
  for (const auto& [name, value] : parameters)
    ROLLCALL_ASSERT(query_parameter(request.query, name).has_value());
  cookie(request.header("cookie").value_or(""), "jwt");

  Response response;
  response.status = 204;
  response.headers = request.headers;
  for (const Header& field : cors_headers({{"*"}, true}, request)) response.headers.push_back(field);
  for (const auto& [name, value] : parameters) response.headers.push_back({name, value});
  const std::string bytes = serialize(response, request.keep_alive);
  ROLLCALL_ASSERT(bytes.find("\r\n\r\n") == bytes.size() - 4);
  ROLLCALL_ASSERT(std::count(bytes.begin(), bytes.end(), '\n') ==
                  std::count(bytes.begin(), bytes.end(), '\r'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider provider(data, size);
  Limits limits{};
  limits.header_bytes = provider.ConsumeIntegralInRange<std::size_t>(0, 2000);
  limits.body_bytes = provider.ConsumeIntegralInRange<std::size_t>(0, 200);
  std::vector<std::size_t> pieces(4);
  for (std::size_t& piece : pieces) piece = provider.ConsumeIntegralInRange<std::size_t>(1, 64);
  const std::string bytes = provider.ConsumeRemainingBytesAsString();

  const test::Outcome whole = test::parse(bytes, limits);
  ROLLCALL_ASSERT(whole == test::parse(bytes, limits, pieces));
  for (const Request& request : whole.requests) {
    check(request, limits);
    check_answers(request);
  }
  return 0;
}
