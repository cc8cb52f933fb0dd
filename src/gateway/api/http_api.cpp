#include "gateway/api/http_api.hpp"

#include <algorithm>
#include <limits>

#include "api/emit_requests.hpp"
#include "api/http_requests.hpp"
#include "api/replies.hpp"
#include "base/log.hpp"
#include "gateway/token_source.hpp"
#include "server/readiness.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;
using api::Scope;

constexpr std::string_view kPrefix = "/api/";
constexpr const char* kCallsRefused = "api calls refused";
constexpr const char* kCallRefused = "api call refused";
constexpr std::size_t kUsersOfARequest = 100;  // an event to so many users costs a key what a request does

void never_cache(HttpAnswer& answer) {
  answer.headers.emplace_back("cache-control", "no-store");
}

// A request that reads the state, or why it is none.
template <class Read>
Result<api::Request, api::Error> as_request(Result<Read, api::Error> read) {
  if (!read) return fail(std::move(read.error()));
  return api::Request(std::move(*read));
}

// What some tools put before UTF-8, and JSON has no place for (RFC 8259, section 8.1: it may be ignored).
void skip_byte_order_mark(std::string& body) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (body.starts_with(kMark)) body.erase(0, kMark.size());
}

// A body that is compressed, which would otherwise be a mistake in JSON.
std::optional<HttpAnswer> unreadable_body(const HttpRequest& request) {
  const auto encoding = request.header("content-encoding");
  if (request.body.empty() || !encoding || encoding->empty() || *encoding == "identity") return std::nullopt;
  HttpAnswer answer = problem_answer(
      api::problem_of_status(415, "The body has a Content-Encoding: send it as it is, without compression"));
  answer.headers.emplace_back("accept-encoding", "identity");  // RFC 9110, section 12.5.3
  return answer;
}

// The server's own refusals, in the form of the API's: its sentence ends with a line end.
void write_problem(HttpAnswer& error, std::string_view path) {
  if (!path.starts_with(kPrefix)) return;
  while (error.body.ends_with('\n')) error.body.pop_back();
  HttpAnswer problem = problem_answer(api::problem_of_status(error.status, std::move(error.body)));
  error.content_type = std::move(problem.content_type);
  error.body = std::move(problem.body);
  never_cache(error);
}

}  // namespace

HttpAnswer json_answer(std::string json) {
  HttpAnswer answer{200, "application/json", std::move(json), {}};
  never_cache(answer);
  return answer;
}

HttpAnswer problem_answer(const api::Problem& problem) {
  HttpAnswer answer{problem.status, api::kProblemType, api::to_json(problem), {}};
  never_cache(answer);
  return answer;
}

HttpApi::HttpApi(Server& server, PresenceGateway& gateway, const ApiSettings& settings, About about)
    : server_(server),
      gateway_(gateway),
      settings_(settings),
      keys_(server, std::make_shared<KeyRing>(settings)),
      about_(std::move(about)),
      limits_(gateway.limits()),
      feed_source_(gateway.presence()),
      feed_(server, feed_source_) {
  limits_.event_bytes = std::numeric_limits<std::size_t>::max();  // bodies are bounded by the server
  const auto page = [this](std::string_view method, std::string_view pattern, Scope scope, const char* call,
                           HttpAnswer (HttpApi::*serve)(const HttpRequest&)) {
    route(method, pattern, scope, call, [this, serve](const HttpRequest& request, const HttpReply& reply) {
      reply.answer((this->*serve)(request));
    });
  };
  page("GET", "/api/v1/users/{userId}/presence", Scope::read, "presence", &HttpApi::presence);
  page("POST", "/api/v1/presence/query", Scope::read, "query", &HttpApi::query);
  page("GET", "/api/v1/presence/online", Scope::read, "online", &HttpApi::online);
  page("GET", "/api/v1/presence/count", Scope::read, "count", &HttpApi::count);
  page("GET", "/api/v1/stats", Scope::read, "stats", &HttpApi::stats);
  page("POST", "/api/v1/users/{userId}/emit", Scope::emit, "emit", &HttpApi::emit);
  page("POST", "/api/v1/emit", Scope::emit, "emit_many", &HttpApi::emit_to_many);
  const auto wide = [this](std::string_view method, std::string_view pattern, Scope scope, const char* call,
                           void (HttpApi::*serve)(const HttpRequest&, const HttpReply&)) {
    route(method, pattern, scope, call, [this, serve](const HttpRequest& request, const HttpReply& reply) {
      (this->*serve)(request, reply);
    });
  };
  wide("GET", "/api/v1/users/{userId}/explain", Scope::read, "explain", &HttpApi::explain);
  wide("POST", "/api/v1/users/{userId}/disconnect", Scope::admin, "disconnect", &HttpApi::disconnect);
  route("GET", "/api/v1/presence/feed", Scope::read, "feed",
        [this](const HttpRequest& request, const HttpReply& reply) { feed_.serve(request, reply); });
  gateway.on_feed([this] { feed_.feed_grown(); });
  server.handle_http("GET", "/api/v1/openapi.json",
                     [this](const HttpRequest&) { return json_answer(std::string(about_.openapi)); });
  server.on_http_error(write_problem);
}

void HttpApi::route(std::string_view method, std::string_view pattern, Scope scope, const char* call,
                    HttpHandler handler) {
  server_.handle_http(
      method, pattern,
      [this, scope, call, handler = std::move(handler)](HttpRequest& request, HttpReply reply) {
        if (auto refused = refusal(request, scope, call)) {
          reply.answer(std::move(*refused));
        } else if (auto unreadable = unreadable_body(request)) {
          reply.answer(std::move(*unreadable));
        } else {
          skip_byte_order_mark(request.body);
          handler(request, std::move(reply));
        }
      },
      [this, call](const HttpRequest& head) { return refusal_of_body(head, call); });
}

KeyRing::Caller* HttpApi::caller_of(const HttpRequest& request) {
  const auto header = request.header("authorization");
  const auto token = header ? bearer_token(*header) : std::nullopt;
  return token ? keys_.get().find(*token) : nullptr;
}

void HttpApi::reconfigure(const ApiSettings& settings) {
  auto next = std::make_shared<KeyRing>(settings);
  const bool lost = std::any_of(settings_.keys.begin(), settings_.keys.end(), [&](const std::string& key) {
    return std::find(settings.keys.begin(), settings.keys.end(), key) == settings.keys.end();
  });
  settings_ = settings;
  keys_.replace(std::move(next));
  if (lost) server_.post_to_all([this] { feed_.end_all(); });
}

std::optional<HttpAnswer> HttpApi::refusal_of_body(const HttpRequest& head, const char* call) {
  auto caller = authorize(head, call);
  return caller ? std::nullopt : std::optional(std::move(caller.error()));
}

Result<KeyRing::Caller*, HttpAnswer> HttpApi::authorize(const HttpRequest& request, const char* call) {
  const auto header = request.header("authorization");
  const auto token = header ? bearer_token(*header) : std::nullopt;
  if (!token) {
    return fail(
        unauthorized(call, request, "Send the key of your service as \"Authorization: Bearer <key>\""));
  }
  KeyRing& keys = keys_.get();
  KeyRing::Caller* caller = keys.find(*token);
  if (!caller) {
    return fail(unauthorized(call, request,
                             keys.empty() ? "This server knows no keys: `rollcall key` makes one, and its "
                                            "digest goes into api.keys of the configuration"
                                          : "This key is not known: is its digest in api.keys?"));
  }
  return caller;
}

std::optional<HttpAnswer> HttpApi::refusal(const HttpRequest& request, Scope scope, const char* call) {
  auto found = authorize(request, call);
  if (!found) return std::move(found.error());
  KeyRing::Caller* caller = *found;
  KeyRing& keys = keys_.get();
  const auto admission = keys.admit(*caller, server_.now());
  if (admission != KeyRing::Admission::admitted) {
    if (admission == KeyRing::Admission::refused &&
        log::sampled(log::Level::warn, kCallsRefused, "RATE_LIMITED", server_.now())) {
      log::warn(kCallsRefused, {{"code", "RATE_LIMITED"},
                                {"key", caller->name()},
                                {"requests_per_second", keys.requests_per_second()}});
    }
    HttpAnswer answer = problem_answer(api::problem_of_status(
        429, "More than " + std::to_string(keys.requests_per_second()) + " requests a second with this key"));
    answer.headers.emplace_back("retry-after", std::to_string(std::max(keys.retry_seconds(*caller), 1U)));
    return answer;
  }
  if (!caller->scopes().include(scope)) {
    if (log::sampled(log::Level::info, kCallRefused, "FORBIDDEN", server_.now())) {
      log::info(kCallRefused, {{"code", "FORBIDDEN"}, {"key", caller->name()}, {"call", call}});
    }
    return problem_answer(api::problem_of_status(403, "The key " + caller->name() + " has the scope " +
                                                          api::names_of(caller->scopes(), '+') +
                                                          ", this call needs " + api::name_of(scope)));
  }
  // What changes things for users is worth a line.
  const auto level = scope == Scope::admin ? log::Level::info : log::Level::debug;
  log::write(level, "api call", {{"key", caller->name()}, {"call", call}});
  return std::nullopt;
}

HttpAnswer HttpApi::unauthorized(const char* call, const HttpRequest& request, const char* reason) {
  if (log::sampled(log::Level::info, kCallRefused, "UNAUTHORIZED", server_.now())) {
    log::info(kCallRefused, {{"code", "UNAUTHORIZED"}, {"call", call}, {"address", request.address}});
  }
  HttpAnswer answer = problem_answer(api::problem_of_status(401, reason));
  answer.headers.emplace_back("www-authenticate", "Bearer realm=\"rollcall\"");
  return answer;
}

HttpAnswer HttpApi::answer(Result<std::string, api::Error> json) const {
  return json ? json_answer(std::move(*json)) : problem_answer(api::problem_of(std::move(json.error())));
}

HttpAnswer HttpApi::read(Result<api::Request, api::Error> request) {
  return request ? answer(gateway_.answer(*request))
                 : problem_answer(api::problem_of(std::move(request.error())));
}

HttpAnswer HttpApi::presence(const HttpRequest& request) {
  return read(as_request(api::read_path_user(request.parameter("userId"))));
}

HttpAnswer HttpApi::query(const HttpRequest& request) {
  return read(as_request(api::read_query(request.body, limits_)));
}

HttpAnswer HttpApi::online(const HttpRequest& request) {
  return read(as_request(
      api::read_online(request.query_parameter("limit"), request.query_parameter("cursor"), limits_)));
}

HttpAnswer HttpApi::count(const HttpRequest&) {
  const std::size_t count =
      gateway_.presence().read([](const presence::View& view) { return view.online_count(); });
  return json_answer(api::online_count(count, server_.wall_now()));
}

HttpAnswer HttpApi::emit(const HttpRequest& request) {
  auto user = api::read_path_user(request.parameter("userId"));
  if (!user) return problem_answer(api::problem_of(std::move(user.error())));
  auto emit = api::read_emit(request.body);
  if (!emit) return problem_answer(api::problem_of(std::move(emit.error())));
  const auto reach =
      gateway_.emit_to_user(std::string(user->user_id), emit->event, {std::move(emit->data), {}, true});
  return json_answer(api::emitted(reach.connections, reach.online));
}

HttpAnswer HttpApi::emit_to_many(const HttpRequest& request) {
  auto many = api::read_emit_to_many(request.body, limits_);
  if (!many) return problem_answer(api::problem_of(std::move(many.error())));
  const Payload payload{std::move(many->emit.data), {}, true};
  const auto reach = many->user_ids ? gateway_.emit_to_users(*many->user_ids, many->emit.event, payload)
                                    : gateway_.emit_to_all(many->emit.event, payload);
  const std::size_t users = many->user_ids ? many->user_ids->size() : reach.online;
  if (KeyRing::Caller* caller = caller_of(request)) keys_.get().charge(*caller, users / kUsersOfARequest);
  return json_answer(api::emitted_to_many(reach.connections, reach.online));
}

HttpAnswer HttpApi::stats(const HttpRequest&) {
  api::Stats stats;
  stats.version = about_.version;
  stats.started_at = about_.started_at;
  gateway_.presence().read([&](const presence::View& view) {
    stats.online = view.online_count();
    stats.connections = view.connections();
  });
  const TransportCounts transports = server_.transports();
  stats.polling = transports.polling;
  stats.websocket = transports.websocket;
  stats.workers = server_.workers();
  stats.ready = server::readiness_of(server::figures_of(server_)).ready;
  const hub::ChangeTotals::Totals changes = gateway_.presence().changes();
  stats.went_online = changes.online;
  stats.went_offline = changes.offline;
  stats.feed_readers = feed_.readers();
  stats.settling = gateway_.presence().settling();
  return json_answer(api::stats(stats, server_.wall_now()));
}

}  // namespace rollcall::gateway
