#include "gateway/http/http_api.hpp"

#include <optional>
#include <utility>

#include "calls/table.hpp"
#include "gateway/http/answers.hpp"

namespace rollcall::gateway {
namespace {

constexpr std::string_view kPrefix = "/api/";

class RequestInput final : public calls::HttpInput {
 public:
  explicit RequestInput(const HttpRequest& request) : request_(request) {}
  std::string_view path(std::string_view name) const override { return request_.parameter(name); }
  std::optional<std::string> query(std::string_view name) const override {
    return request_.query_parameter(name);
  }
  std::string_view body() const override { return request_.body; }

 private:
  const HttpRequest& request_;
};

// A byte order mark, which some tools write before UTF-8 and JSON does not allow (RFC 8259, section 8.1:
// parsers may ignore it).
void skip_byte_order_mark(std::string& body) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (body.starts_with(kMark)) body.erase(0, kMark.size());
}

// A compressed body, which would otherwise be reported as invalid JSON.
std::optional<HttpAnswer> unreadable_body(const HttpRequest& request) {
  const auto encoding = request.header("content-encoding");
  if (request.body.empty() || !encoding || encoding->empty() || *encoding == "identity") return std::nullopt;
  HttpAnswer answer = problem_answer(
      wire::problem_of_status(415, "The body has a Content-Encoding: send it as it is, without compression"));
  answer.headers.emplace_back("accept-encoding", "identity");  // RFC 9110, section 12.5.3
  return answer;
}

// The server's own refusals, in the API's format: the server's sentence ends with a newline.
void write_problem(HttpAnswer& error, std::string_view path) {
  if (!path.starts_with(kPrefix)) return;
  while (error.body.ends_with('\n')) error.body.pop_back();
  HttpAnswer problem = problem_answer(wire::problem_of_status(error.status, std::move(error.body)));
  error.content_type = std::move(problem.content_type);
  error.body = std::move(problem.body);
  for (auto& header : problem.headers) error.headers.push_back(std::move(header));
}

}  // namespace

HttpApi::HttpApi(Server& server, PresenceGateway& gateway, const ApiSettings& settings, About about)
    : server_(server),
      gateway_(gateway),
      access_(server, settings),
      about_(std::move(about)),
      feed_source_(gateway.presence()),
      feed_(server, feed_source_) {
  for (const calls::Call* call : calls::of_backends()) {
    route(call->route, [this, call](const HttpRequest& request, const HttpReply& reply) {
      reply.answer(answer(*call, request));
    });
  }
  for (const ServerCall* call : server_calls()) {
    route(call->route, [this, call](const HttpRequest& request, const HttpReply& reply) {
      call->serve(*this, request, reply);
    });
  }
  gateway.on_feed([this] { feed_.feed_grown(); });
  server.handle_http("GET", "/api/v1/openapi.json",
                     [this](const HttpRequest&) { return json_answer(std::string(about_.openapi)); });
  server.on_http_error(write_problem);
}

void HttpApi::route(const calls::Route& route, HttpHandler handler) {
  server_.handle_http(
      route.method, route.pattern,
      [this, scope = route.scope, call = route.name, handler = std::move(handler)](HttpRequest& request,
                                                                                   HttpReply reply) {
        if (auto refused = access_.refusal(request, scope, call)) {
          reply.answer(std::move(*refused));
        } else if (auto unreadable = unreadable_body(request)) {
          reply.answer(std::move(*unreadable));
        } else {
          skip_byte_order_mark(request.body);
          handler(request, std::move(reply));
        }
      },
      [this, call = route.name](const HttpRequest& head) { return access_.refusal_of_body(head, call); });
}

void HttpApi::reconfigure(const ApiSettings& settings) {
  if (access_.reconfigure(settings)) server_.post_to_all([this] { feed_.end_all(); });
}

HttpAnswer HttpApi::answer(const calls::Call& call, const HttpRequest& request) {
  auto question = call.read_http(RequestInput(request), gateway_.limits());
  if (!question) return problem_answer(std::move(question.error()));
  auto json = gateway_.answer(**question);
  return json ? json_answer(std::move(*json)) : problem_answer(std::move(json.error()));
}

}  // namespace rollcall::gateway
