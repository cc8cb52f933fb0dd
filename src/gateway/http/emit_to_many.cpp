// An event for many users, or for everyone, from a backend.
#include "calls/emit.hpp"
#include "gateway/http/answers.hpp"
#include "gateway/http/http_api.hpp"

namespace rollcall::gateway {
namespace {

constexpr std::size_t kUsersOfARequest =
    100;  // an event to this many users costs a key as much as one request

void serve_emit_to_many(HttpApi& api, const HttpRequest& request, const HttpReply& reply) {
  auto many = calls::read_emit_to_many(request.body, api.gateway().limits());
  if (!many) return reply.answer(problem_answer(many.error()));
  const Payload payload{std::move(many->emit.data), {}, true};
  const auto reach = many->user_ids ? api.gateway().emit_to_users(*many->user_ids, many->emit.event, payload)
                                    : api.gateway().emit_to_all(many->emit.event, payload);
  const std::size_t users = many->user_ids ? many->user_ids->size() : reach.online;
  api.access().charge(request, users / kUsersOfARequest);
  reply.answer(json_answer(calls::emitted_to_many(reach.connections, reach.online)));
}

}  // namespace

extern const ServerCall kEmitToMany{{"POST", "/api/v1/emit", calls::Scope::emit, "emit_many"},
                                    serve_emit_to_many};

}  // namespace rollcall::gateway
