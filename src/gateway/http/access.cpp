#include "gateway/http/access.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/log.hpp"
#include "gateway/http/answers.hpp"
#include "gateway/login/token_source.hpp"

namespace rollcall::gateway {
namespace {

namespace log = base::log;

constexpr const char* kCallsRefused = "api calls refused";
constexpr const char* kCallRefused = "api call refused";

std::optional<std::string_view> token_of(const HttpRequest& request) {
  const auto header = request.header("authorization");
  return header ? bearer_token(*header) : std::nullopt;
}

}  // namespace

Access::Access(Server& server, const ApiSettings& settings)
    : server_(server), keys_in_force_(settings.keys), keys_(server, std::make_shared<KeyRing>(settings)) {}

bool Access::reconfigure(const ApiSettings& settings) {
  const bool lost = std::any_of(keys_in_force_.begin(), keys_in_force_.end(), [&](const std::string& key) {
    return std::find(settings.keys.begin(), settings.keys.end(), key) == settings.keys.end();
  });
  keys_in_force_ = settings.keys;
  keys_.replace(std::make_shared<KeyRing>(settings));
  return lost;
}

void Access::charge(const HttpRequest& request, std::size_t more) {
  const auto token = token_of(request);
  KeyRing& keys = keys_.get();
  if (KeyRing::Caller* caller = token ? keys.find(*token) : nullptr) keys.charge(*caller, more);
}

std::optional<HttpAnswer> Access::refusal(const HttpRequest& request, calls::Scope scope, const char* call) {
  auto found = authorize(request, call);
  if (!found) return std::move(found.error());
  KeyRing::Caller& caller = **found;
  const auto admission = keys_.get().admit(caller, server_.now());
  if (admission != KeyRing::Admission::admitted) return too_many(caller, admission);
  if (!caller.scopes().include(scope)) return out_of_scope(caller, scope, call);
  // Log requests that change something for users.
  const auto level = scope == calls::Scope::admin ? log::Level::info : log::Level::debug;
  log::write(level, "api call", {{"key", caller.name()}, {"call", call}});
  return std::nullopt;
}

std::optional<HttpAnswer> Access::refusal_of_body(const HttpRequest& head, const char* call) {
  auto caller = authorize(head, call);
  return caller ? std::nullopt : std::optional(std::move(caller.error()));
}

Result<KeyRing::Caller*, HttpAnswer> Access::authorize(const HttpRequest& request, const char* call) {
  const auto token = token_of(request);
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

HttpAnswer Access::too_many(KeyRing::Caller& caller, KeyRing::Admission admission) {
  const KeyRing& keys = keys_.get();
  if (admission == KeyRing::Admission::refused &&
      log::sampled(log::Level::warn, kCallsRefused, "RATE_LIMITED", server_.now())) {
    log::warn(kCallsRefused, {{"code", "RATE_LIMITED"},
                              {"key", caller.name()},
                              {"requests_per_second", keys.requests_per_second()}});
  }
  HttpAnswer answer = problem_answer(wire::problem_of_status(
      429, "More than " + std::to_string(keys.requests_per_second()) + " requests a second with this key"));
  answer.headers.emplace_back("retry-after", std::to_string(std::max(keys.retry_seconds(caller), 1U)));
  return answer;
}

HttpAnswer Access::out_of_scope(const KeyRing::Caller& caller, calls::Scope scope, const char* call) {
  if (log::sampled(log::Level::info, kCallRefused, "FORBIDDEN", server_.now())) {
    log::info(kCallRefused, {{"code", "FORBIDDEN"}, {"key", caller.name()}, {"call", call}});
  }
  return problem_answer(wire::problem_of_status(403, "The key " + caller.name() + " has the scope " +
                                                         calls::names_of(caller.scopes(), '+') +
                                                         ", this call needs " + calls::name_of(scope)));
}

HttpAnswer Access::unauthorized(const char* call, const HttpRequest& request, const char* reason) {
  if (log::sampled(log::Level::info, kCallRefused, "UNAUTHORIZED", server_.now())) {
    log::info(kCallRefused, {{"code", "UNAUTHORIZED"}, {"call", call}, {"address", request.address}});
  }
  HttpAnswer answer = problem_answer(wire::problem_of_status(401, reason));
  answer.headers.emplace_back("www-authenticate", "Bearer realm=\"rollcall\"");
  return answer;
}

}  // namespace rollcall::gateway
