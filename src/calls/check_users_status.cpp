// check-users-status: the statuses of several users.
#include "calls/batch.hpp"
#include "calls/payload.hpp"
#include "calls/statuses.hpp"

namespace rollcall::calls {
namespace {

using wire::Error;

class CheckUsersStatus final : public Question {
 public:
  explicit CheckUsersStatus(wire::UserIds user_ids) : statuses_(std::move(user_ids)) {}

  void look(const presence::View& view, const Surroundings&) override { statuses_.look(view); }
  Result<std::string, Error> answer(WallTime now, std::string begin) override {
    return statuses_.written(now, std::move(begin));
  }
  std::size_t ids() const override { return statuses_.user_ids().size(); }

 private:
  Statuses statuses_;
};

Result<QuestionPtr, Error> read_query_route(const HttpInput& input, const Limits& limits) {
  return with_payload(input.body(), false, std::pmr::get_default_resource(), [&](const wire::Fields& fields) {
    return read_batch<CheckUsersStatus, QuestionPtr>(fields, limits);
  });
}

}  // namespace

extern const Call kCheckUsersStatus{
    .event = "check-users-status",
    .reply = "users-status",
    .read = read_batch<CheckUsersStatus>,
    .route = {"POST", "/api/v1/presence/query", Scope::read, "query"},
    .read_http = read_query_route,
};

}  // namespace rollcall::calls
