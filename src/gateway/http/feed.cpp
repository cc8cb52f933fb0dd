// The change feed, for backends that keep a connection open.
#include "gateway/http/http_api.hpp"

namespace rollcall::gateway {
namespace {

void serve_feed(HttpApi& api, const HttpRequest& request, const HttpReply& reply) {
  api.feed().serve(request, reply);
}

}  // namespace

extern const ServerCall kFeed{{"GET", "/api/v1/presence/feed", calls::Scope::read, "feed"}, serve_feed};

}  // namespace rollcall::gateway
