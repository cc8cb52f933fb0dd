// The calls about one user for which every worker has to be asked: who knows which connections there are?
#include <algorithm>

#include "api/explain.hpp"
#include "api/http_requests.hpp"
#include "gateway/api/gather.hpp"
#include "gateway/api/http_api.hpp"

namespace rollcall::gateway {
namespace {

HttpAnswer ending_answer() {
  HttpAnswer answer =
      problem_answer(api::problem_of_status(503, "The server is ending: ask another one, or again later"));
  answer.headers.emplace_back("retry-after", "1");
  return answer;
}

}  // namespace

void HttpApi::explain(const HttpRequest& request, const HttpReply& reply) {
  if (server_.draining()) return reply.answer(ending_answer());
  auto user = api::read_path_user(request.parameter("userId"));
  if (!user) return reply.answer(problem_answer(api::problem_of(std::move(user.error()))));
  using Facts = std::vector<api::ConnectionFacts>;
  gather<Facts>(
      server_, [this, user_id = std::string(user->user_id)] { return gateway_.connections_here(user_id); },
      [this, user_id = std::string(user->user_id), reply](std::vector<Facts> parts) {
        reply.answer(explanation(user_id, std::move(parts)));
      },
      [reply] { reply.answer(ending_answer()); });
}

HttpAnswer HttpApi::explanation(const std::string& user_id,
                                std::vector<std::vector<api::ConnectionFacts>> parts) {
  const Instant now = server_.now();
  const WallTime wall = server_.wall_now();
  api::Explanation facts;
  facts.user_id = user_id;
  facts.offline_grace = gateway_.offline_grace();
  facts.started_at = about_.started_at;
  gateway_.presence().read([&](const presence::View& view) {
    facts.account = view.account(user_id);
    facts.window = view.window();
  });
  // The workers were asked a moment earlier: a connection may have ended since.
  if (facts.account.connections > 0) {
    for (auto& part : parts) {
      std::move(part.begin(), part.end(), std::back_inserter(facts.connections));
    }
  } else if (facts.account.grace_ends && *facts.account.grace_ends > now) {
    facts.grace_ends = wall + std::chrono::duration_cast<milliseconds>(*facts.account.grace_ends - now);
  }
  return json_answer(api::explanation(std::move(facts), wall));
}

void HttpApi::disconnect(const HttpRequest& request, const HttpReply& reply) {
  if (server_.draining()) return reply.answer(ending_answer());
  auto user = api::read_path_user(request.parameter("userId"));
  if (!user) return reply.answer(problem_answer(api::problem_of(std::move(user.error()))));
  gather<std::size_t>(
      server_, [this, user_id = std::string(user->user_id)] { return gateway_.disconnect_here(user_id); },
      [reply](const std::vector<std::size_t>& counts) {
        std::size_t all = 0;
        for (const std::size_t count : counts) all += count;
        reply.answer(json_answer(api::disconnected(all)));
      },
      [reply] { reply.answer(ending_answer()); });
}

}  // namespace rollcall::gateway
