#include "http/cors.hpp"

#include <algorithm>

#include "http/origin.hpp"

namespace rollcall::http {
namespace {

constexpr std::string_view kAnyOrigin = "*";
constexpr const char* kMethods = "GET,HEAD,PUT,PATCH,POST,DELETE";
constexpr const char* kMaxAgeSeconds = "7200";  // the longest that all browsers keep to

bool allows_any(const CorsPolicy& policy) {
  return std::find(policy.origins.begin(), policy.origins.end(), kAnyOrigin) != policy.origins.end();
}

// A cache must not give one origin the answer for another.
bool depends_on_origin(const CorsPolicy& policy) {
  return !policy.origins.empty() && (policy.credentials || !allows_any(policy));
}

std::string joined_values(const Request& request, std::string_view name) {
  std::string values;
  for (const Header& field : request.headers) {
    if (field.name != name) continue;
    if (!values.empty()) values.append(",");
    values.append(field.value);
  }
  return values;
}

}  // namespace

bool origin_allowed(const CorsPolicy& policy, std::string_view origin) {
  return allows_any(policy) ||
         std::any_of(policy.origins.begin(), policy.origins.end(),
                     [&](const std::string& listed) { return same_origin(listed, origin); });
}

std::vector<Header> cors_headers(const CorsPolicy& policy, const Request& request) {
  std::vector<Header> headers;
  if (policy.origins.empty()) return headers;
  if (!depends_on_origin(policy)) {
    headers.push_back({"access-control-allow-origin", std::string(kAnyOrigin)});
    return headers;
  }
  headers.push_back({"vary", "Origin"});
  const auto origin = request.header("origin");
  if (!origin || !origin_allowed(policy, *origin)) return headers;
  headers.push_back({"access-control-allow-origin", std::string(*origin)});
  if (policy.credentials) headers.push_back({"access-control-allow-credentials", "true"});
  return headers;
}

std::optional<Response> preflight(const CorsPolicy& policy, const Request& request) {
  const auto origin = request.header("origin");
  if (request.method != "OPTIONS" || !origin) return std::nullopt;
  Response response;
  response.status = 204;
  response.headers = cors_headers(policy, request);
  if (!origin_allowed(policy, *origin)) return response;
  response.headers.push_back({"access-control-allow-methods", kMethods});
  std::string asked = joined_values(request, "access-control-request-headers");
  if (!asked.empty()) response.headers.push_back({"access-control-allow-headers", std::move(asked)});
  response.headers.push_back({"access-control-max-age", kMaxAgeSeconds});
  return response;
}

}  // namespace rollcall::http
