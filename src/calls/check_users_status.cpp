// check-users-status: the statuses of several users.
#include "calls/call.hpp"
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

template <class Pointer>
Result<Pointer, Error> read_fields(const wire::Fields& fields, const Limits& limits) {
  auto ids = wire::read_user_ids(fields, limits.max_batch_ids);
  if (!ids) return fail(std::move(ids.error()));
  return Pointer(make<CheckUsersStatus>(fields.memory, std::move(*ids)));
}

Result<QuestionPtr, Error> read_query_route(const HttpInput& input, const Limits& limits) {
  return with_payload(input.body(), false, std::pmr::get_default_resource(),
                      [&](const wire::Fields& fields) { return read_fields<QuestionPtr>(fields, limits); });
}

}  // namespace

extern const Call kCheckUsersStatus{
    .event = "check-users-status",
    .reply = "users-status",
    .read = read_fields<RequestPtr>,
    .route = {"POST", "/api/v1/presence/query", Scope::read, "query"},
    .read_http = read_query_route,
};

}  // namespace rollcall::calls
