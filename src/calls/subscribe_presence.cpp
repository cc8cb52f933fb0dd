// subscribe-presence: from now on the client is told of these users' changes; the answer is how they are.
#include "calls/batch.hpp"
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

}  // namespace

extern const Call kSubscribePresence{
    .event = "subscribe-presence",
    .reply = "presence-subscribed",
    .subscribes = true,
    .read = read_batch<SubscribePresence>,
};

}  // namespace rollcall::calls
