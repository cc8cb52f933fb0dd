// unsubscribe-presence: the client is no longer told of these users; the answer is how many it watches yet.
#include "calls/call.hpp"
#include "wire/object_writer.hpp"

namespace rollcall::calls {
namespace {

using wire::Error;

class UnsubscribePresence final : public Request {
 public:
  explicit UnsubscribePresence(wire::UserIds user_ids) : user_ids_(std::move(user_ids)) {}

  Result<std::string, Error> answer(Caller& caller, WallTime now, std::string out) override {
    wire::ObjectWriter(out).number("count", caller.unwatch(user_ids_)).time("timestamp", now);
    return out;
  }
  std::size_t ids() const override { return user_ids_.size(); }

 private:
  wire::UserIds user_ids_;
};

Result<RequestPtr, Error> read_unsubscribe_presence(const wire::Fields& fields, const Limits& limits) {
  auto ids = wire::read_user_ids(fields, limits.max_batch_ids);
  if (!ids) return fail(std::move(ids.error()));
  return RequestPtr(make<UnsubscribePresence>(fields.memory, std::move(*ids)));
}

}  // namespace

extern const Call kUnsubscribePresence{
    .event = "unsubscribe-presence",
    .reply = "presence-unsubscribed",
    .read = read_unsubscribe_presence,
};

}  // namespace rollcall::calls
