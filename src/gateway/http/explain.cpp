// Why a user is shown as online or offline. Asks every worker, as each knows its own connections.
#include "calls/explain.hpp"

#include <algorithm>

#include "gateway/http/answers.hpp"
#include "gateway/http/gather.hpp"
#include "gateway/http/http_api.hpp"
#include "wire/fields.hpp"

namespace rollcall::gateway {
namespace {

using Facts = std::vector<calls::ConnectionFacts>;

HttpAnswer explanation(HttpApi& api, const std::string& user_id, std::vector<Facts> parts) {
  const Instant now = api.server().now();
  const WallTime wall = api.server().wall_now();
  calls::Explanation facts;
  facts.user_id = user_id;
  facts.offline_grace = api.gateway().offline_grace();
  facts.started_at = api.about().started_at;
  api.gateway().presence().read([&](const presence::View& view) {
    facts.account = view.account(user_id);
    facts.window = view.window();
  });
  // The workers answered a moment ago: a connection may have ended since.
  if (facts.account.connections > 0) {
    for (auto& part : parts) {
      std::move(part.begin(), part.end(), std::back_inserter(facts.connections));
    }
  } else if (facts.account.grace_ends && *facts.account.grace_ends > now) {
    facts.grace_ends = wall + std::chrono::duration_cast<milliseconds>(*facts.account.grace_ends - now);
  }
  return json_answer(calls::explanation(std::move(facts), wall));
}

void serve_explain(HttpApi& api, const HttpRequest& request, const HttpReply& reply) {
  if (api.server().draining()) return reply.answer(ending_answer());
  const auto read = wire::user_id_in_path(request.parameter("userId"));
  if (!read) return reply.answer(problem_answer(read.error()));
  const std::string user_id(*read);
  gather<Facts>(
      api.server(), [&api, user_id] { return api.gateway().connections_here(user_id); },
      [&api, user_id, reply](std::vector<Facts> parts) {
        reply.answer(explanation(api, user_id, std::move(parts)));
      },
      [reply] { reply.answer(ending_answer()); });
}

}  // namespace

extern const ServerCall kExplain{{"GET", "/api/v1/users/{userId}/explain", calls::Scope::read, "explain"},
                                 serve_explain};

}  // namespace rollcall::gateway
