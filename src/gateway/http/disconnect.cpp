// The end of a user's connections, on every worker.
#include <string>

#include "calls/explain.hpp"
#include "gateway/http/answers.hpp"
#include "gateway/http/gather.hpp"
#include "gateway/http/http_api.hpp"
#include "wire/fields.hpp"

namespace rollcall::gateway {
namespace {

void serve_disconnect(HttpApi& api, const HttpRequest& request, const HttpReply& reply) {
  if (api.server().draining()) return reply.answer(ending_answer());
  const auto read = wire::user_id_in_path(request.parameter("userId"));
  if (!read) return reply.answer(problem_answer(read.error()));
  gather<std::size_t>(
      api.server(), [&api, user_id = std::string(*read)] { return api.gateway().disconnect_here(user_id); },
      [reply](const std::vector<std::size_t>& counts) {
        std::size_t all = 0;
        for (const std::size_t count : counts) all += count;
        reply.answer(json_answer(calls::disconnected(all)));
      },
      [reply] { reply.answer(ending_answer()); });
}

}  // namespace

extern const ServerCall kDisconnect{
    {"POST", "/api/v1/users/{userId}/disconnect", calls::Scope::admin, "disconnect"}, serve_disconnect};

}  // namespace rollcall::gateway
