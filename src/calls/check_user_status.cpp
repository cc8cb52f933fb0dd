// check-user-status: one user's status.
#include "calls/call.hpp"
#include "wire/users.hpp"

namespace rollcall::calls {
namespace {

using wire::Error;

class CheckUserStatus final : public Question {
 public:
  explicit CheckUserStatus(wire::UserId user_id) : user_id_(std::move(user_id)) {}

  void look(const presence::View& view, const Surroundings&) override { state_ = view.state(user_id_); }
  Result<std::string, Error> answer(WallTime now, std::string out) override {
    {
      wire::ObjectWriter writer(out);
      write_status(writer, user_id_, state_);
      writer.time("timestamp", now);
    }
    return out;
  }

 private:
  wire::UserId user_id_;
  presence::State state_;
};

Result<RequestPtr, Error> read_check_user_status(const wire::Fields& fields, const Limits&) {
  auto id = wire::read_user_id(fields);
  if (!id) return fail(std::move(id.error()));
  return RequestPtr(make<CheckUserStatus>(fields.memory, std::move(*id)));
}

Result<QuestionPtr, Error> read_presence_route(const HttpInput& input, const Limits&) {
  auto id = wire::user_id_in_path(input.path("userId"));
  if (!id) return fail(std::move(id.error()));
  return QuestionPtr(make<CheckUserStatus>(std::pmr::get_default_resource(), std::move(*id)));
}

}  // namespace

extern const Call kCheckUserStatus{
    .event = "check-user-status",
    .reply = "user-status",
    .read = read_check_user_status,
    .route = {"GET", "/api/v1/users/{userId}/presence", Scope::read, "presence"},
    .read_http = read_presence_route,
};

}  // namespace rollcall::calls
