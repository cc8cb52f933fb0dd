// An event for one user, from a backend.
#include "calls/emit.hpp"

#include "gateway/http/answers.hpp"
#include "gateway/http/http_api.hpp"
#include "wire/fields.hpp"

namespace rollcall::gateway {
namespace {

void serve_emit(HttpApi& api, const HttpRequest& request, const HttpReply& reply) {
  const auto user_id = wire::user_id_in_path(request.parameter("userId"));
  if (!user_id) return reply.answer(problem_answer(user_id.error()));
  auto emit = calls::read_emit(request.body);
  if (!emit) return reply.answer(problem_answer(emit.error()));
  const auto reach =
      api.gateway().emit_to_user(std::string(*user_id), emit->event, {std::move(emit->data), {}, true});
  reply.answer(json_answer(calls::emitted(reach.connections, reach.online)));
}

}  // namespace

extern const ServerCall kEmit{{"POST", "/api/v1/users/{userId}/emit", calls::Scope::emit, "emit"},
                              serve_emit};

}  // namespace rollcall::gateway
