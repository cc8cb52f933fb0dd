// subscribe-presence: from now on the client is told of these users' changes; the answer is how they are.
#include "calls/call.hpp"
#include "calls/statuses.hpp"

namespace rollcall::calls {
namespace {

using wire::Error;

class SubscribePresence final : public Request {
 public:
  explicit SubscribePresence(wire::UserIds user_ids) : statuses_(std::move(user_ids)) {}

  void look(const presence::View& view, const Surroundings&) override { statuses_.look(view); }
  Result<std::string, Error> answer(Caller& caller, WallTime now, std::string begin) override {
    if (auto error = caller.watch(statuses_.user_ids())) return fail(std::move(*error));
    return statuses_.written(now, std::move(begin));
  }
  std::size_t ids() const override { return statuses_.user_ids().size(); }

 private:
  Statuses statuses_;
};

Result<RequestPtr, Error> read_subscribe_presence(const wire::Fields& fields, const Limits& limits) {
  auto ids = wire::read_user_ids(fields, limits.max_batch_ids);
  if (!ids) return fail(std::move(ids.error()));
  return RequestPtr(make<SubscribePresence>(fields.memory, std::move(*ids)));
}

}  // namespace

extern const Call kSubscribePresence{
    .event = "subscribe-presence",
    .reply = "presence-subscribed",
    .subscribes = true,
    .read = read_subscribe_presence,
};

}  // namespace rollcall::calls
