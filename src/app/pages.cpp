#include "app/pages.hpp"

#include <string>

#include "app/assets.hpp"

namespace rollcall::app {
namespace {

struct Page {
  const char* path;
  const char* asset;
};

constexpr Page kPages[] = {
    {"/", "test-presence.html"},
    {"/test-presence.html", "test-presence.html"},
    {"/test-presence.js", "test-presence.js"},
    {"/test-presence.css", "test-presence.css"},
    {"/socket.io.min.js", "socket.io.min.js"},
};

// Nothing from other hosts and no inline script; websockets to this host only.
constexpr const char* kTestPagePolicy =
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action "
    "'none'; "
    "frame-ancestors 'none'";
// The dashboard holds a key: allow only its own files and calls.
constexpr const char* kDashboardPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri "
    "'none'; form-action 'none'; frame-ancestors 'none'";

const char* content_type_of(std::string_view asset) {
  if (asset.ends_with(".html")) return "text/html; charset=utf-8";
  if (asset.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/javascript; charset=utf-8";
}

HttpAnswer answer_with(std::string_view name, const char* policy) {
  HttpAnswer answer;
  answer.content_type = content_type_of(name);
  answer.body = std::string(asset(name));
  answer.headers = {{"content-security-policy", policy},
                    {"x-content-type-options", "nosniff"},
                    {"referrer-policy", "no-referrer"},
                    {"cache-control", "no-cache"}};
  return answer;
}

// `file` comes from the request and may be anything: only built-in files match.
HttpAnswer dashboard_file(std::string_view file) {
  const std::string name = "dashboard/" + std::string(file);
  if (asset(name).empty()) return {404, "text/plain; charset=utf-8", "There is no such file\n", {}};
  return answer_with(name, kDashboardPolicy);
}

// Served without a key: it contains nothing secret, and asks for a key.
void serve_dashboard(Server& server) {
  server.handle_http("GET", "/dashboard",
                     [](const HttpRequest&) { return answer_with("dashboard.html", kDashboardPolicy); });
  // Its files are named relative to it, so that it also works below a proxy's path: so there is just one
  // address.
  server.handle_http("GET", "/dashboard/", [](const HttpRequest&) {
    return HttpAnswer{308, "text/plain; charset=utf-8", "", {{"location", "../dashboard"}}};
  });
  server.handle_http("GET", "/dashboard/{file}",
                     [](const HttpRequest& request) { return dashboard_file(request.parameter("file")); });
}

}  // namespace

void serve_pages(Server& server) {
  for (const Page& page : kPages) {
    server.handle_http("GET", page.path,
                       [&page](const HttpRequest&) { return answer_with(page.asset, kTestPagePolicy); });
  }
  serve_dashboard(server);
}

}  // namespace rollcall::app
