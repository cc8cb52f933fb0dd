#include "app/pages.hpp"

#include <string>

#include "app/assets.hpp"

namespace rollcall::app {
namespace {

struct Page {
  const char* path;
  const char* asset;
  const char* content_type;
};

constexpr Page kPages[] = {
    {"/", "test-presence.html", "text/html; charset=utf-8"},
    {"/test-presence.html", "test-presence.html", "text/html; charset=utf-8"},
    {"/test-presence.js", "test-presence.js", "text/javascript; charset=utf-8"},
    {"/test-presence.css", "test-presence.css", "text/css; charset=utf-8"},
    {"/socket.io.min.js", "socket.io.min.js", "text/javascript; charset=utf-8"},
};

// Nothing from other hosts, no inline script; websockets of this host.
constexpr const char* kContentPolicy =
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action "
    "'none'; "
    "frame-ancestors 'none'";

HttpAnswer answer_with(const Page& page) {
  HttpAnswer answer;
  answer.content_type = page.content_type;
  answer.body = std::string(asset(page.asset));
  answer.headers = {{"content-security-policy", kContentPolicy},
                    {"x-content-type-options", "nosniff"},
                    {"referrer-policy", "no-referrer"},
                    {"cache-control", "no-cache"}};
  return answer;
}

}  // namespace

void serve_pages(Server& server) {
  for (const Page& page : kPages) {
    server.handle_http("GET", page.path, [&page](const HttpRequest&) { return answer_with(page); });
  }
}

}  // namespace rollcall::app
